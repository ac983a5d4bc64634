"""What a simulated caller sends: silence, tones and keys, as one continuous RTP stream.

Continuous because Asterisk takes a telephone event with the timestamp of an earlier one for its
repetition: two equal keys would arrive as one.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_RATE: Final = 8000
_PACKET: Final = 160  # samples: 20 ms
_ALAW: Final = 8  # RTP payload types
_EVENTS: Final = 101
_END_OF_EVENT: Final = 0x80
_VOLUME: Final = 10
_END_REPEATS: Final = 3  # RFC 4733 section 2.5.1.4
_AMPLITUDE: Final = 12_000
_KEYS: Final = "0123456789*#"
_KEY_PACKETS: Final = 6  # 120 ms
_GAP_PACKETS: Final = 6
_SOURCE: Final = 0x1D0C0DE  # any number: the stream's SSRC


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing to hear, but packets all the same."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Tone:
    """A sine."""

    hertz: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys pressed one after the other, each 120 ms long and 120 ms apart."""

    digits: str


Sound = Silence | Tone | Keys


@dataclass(frozen=True, slots=True)
class _Packet:
    """``at``: when it is sent, ``timestamp``: what it says, both in samples."""

    at: int
    payload_type: int
    marker: bool
    timestamp: int
    payload: bytes


def write_alaw(path: Path, sounds: Sequence[Silence | Tone]) -> None:
    """Write the sounds as headerless A-law at 8 kHz: what SIPp streams by itself."""
    path.write_bytes(b"".join(_alaw(sound) for sound in sounds))


def write_pcap(path: Path, sounds: Sequence[Sound]) -> None:
    """Write the sounds as a packet capture: what SIPp replays, keys included."""
    header = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    frames = (_frame(packet, number) for number, packet in enumerate(_packets(sounds), 1))
    path.write_bytes(header + b"".join(frames))


def _packets(sounds: Sequence[Sound]) -> Iterator[_Packet]:
    position = 0
    for sound in sounds:
        if isinstance(sound, Keys):
            yield from _key_packets(sound, position)
        else:
            yield from _audio_packets(_alaw(sound), position)
        position += _length(sound)


def _length(sound: Sound) -> int:
    """In samples, whole packets."""
    if isinstance(sound, Keys):
        return len(sound.digits) * (_KEY_PACKETS + _GAP_PACKETS) * _PACKET
    return round(sound.seconds * _RATE / _PACKET) * _PACKET


def _audio_packets(audio: bytes, position: int) -> Iterator[_Packet]:
    for offset in range(0, len(audio), _PACKET):
        at = position + offset
        yield _Packet(at, _ALAW, offset == 0, at, audio[offset : offset + _PACKET])


def _key_packets(keys: Keys, position: int) -> Iterator[_Packet]:
    gap = _alaw(Silence(_GAP_PACKETS * _PACKET / _RATE))
    for digit in keys.digits:
        event = _KEYS.index(digit)
        for step in range(1, _KEY_PACKETS + 1):
            last = step == _KEY_PACKETS
            flags = _VOLUME | (_END_OF_EVENT if last else 0)
            payload = struct.pack("!BBH", event, flags, step * _PACKET)
            for repeat in range(_END_REPEATS if last else 1):
                at = position + (step - 1) * _PACKET + repeat
                yield _Packet(at, _EVENTS, step == 1, position, payload)
        position += _KEY_PACKETS * _PACKET
        yield from _audio_packets(gap, position)
        position += _GAP_PACKETS * _PACKET


def _frame(packet: _Packet, number: int) -> bytes:
    """Wrap a packet for the capture file; SIPp replaces all addresses."""
    kind = packet.payload_type | (0x80 if packet.marker else 0)
    rtp = struct.pack("!BBHII", 0x80, kind, number & 0xFFFF, packet.timestamp, _SOURCE)
    rtp += packet.payload
    udp = struct.pack("!HHHH", 6000, 6000, 8 + len(rtp), 0) + rtp
    host = bytes((127, 0, 0, 1))
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, host, host) + udp
    ethernet = bytes(12) + b"\x08\x00" + ip
    microseconds = round(packet.at * 1_000_000 / _RATE)
    return (
        struct.pack(
            "<IIII",
            1 + microseconds // 1_000_000,
            microseconds % 1_000_000,
            len(ethernet),
            len(ethernet),
        )
        + ethernet
    )


def _alaw(sound: Silence | Tone) -> bytes:
    count = _length(sound)
    if isinstance(sound, Silence):
        return bytes([_compress(0)]) * count
    turn = 2 * math.pi * sound.hertz / _RATE
    return bytes(_compress(round(_AMPLITUDE * math.sin(turn * n))) for n in range(count))


def _compress(sample: int) -> int:
    """One linear 16 bit sample as A-law (ITU-T G.711): sign, 3 bits of size, 4 of detail."""
    magnitude = min(abs(sample) >> 4, 0x7FF)
    size = max(0, magnitude.bit_length() - 4)
    detail = magnitude >> max(0, size - 1) & 0x0F
    sign = 0x80 if sample >= 0 else 0
    return (sign | size << 4 | detail) ^ 0x55

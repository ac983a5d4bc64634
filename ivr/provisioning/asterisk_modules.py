"""The Asterisk modules this product loads, and no others: the one list of them.

The rendered ``modules.conf`` loads exactly these, in this order, and ``ivr doctor`` asks for
them. What a module is for stands beside its group; a module nobody can explain is not here.
"""

from __future__ import annotations

from typing import Final

_FOUNDATION: Final = (
    "res_timing_timerfd.so",
    "res_crypto.so",
    "res_sorcery_config.so",  # where PJSIP keeps its objects
    "res_sorcery_memory.so",
    "res_sorcery_astdb.so",  # registrations survive a restart
    "res_security_log.so",  # failed registrations in a log that fail2ban reads
    "pbx_config.so",  # extensions.conf
)

_MEDIA: Final = (
    "codec_alaw.so",
    "codec_ulaw.so",
    "codec_a_mu.so",
    "codec_g722.so",
    "codec_gsm.so",
    "codec_resample.so",
    "format_gsm.so",
    "format_pcm.so",  # .alaw, .ulaw and .g722
    "format_sln.so",
    "format_wav.so",
    "res_musiconhold.so",
    "res_rtp_asterisk.so",
    "res_srtp.so",
)

_SIP: Final = (
    "res_pjproject.so",
    "res_pjsip.so",
    "res_pjsip_session.so",
    "res_pjsip_sdp_rtp.so",
    "res_pjsip_pubsub.so",  # chan_pjsip and res_pjsip_refer need it
    "chan_pjsip.so",
    "res_pjsip_acl.so",
    "res_pjsip_authenticator_digest.so",
    "res_pjsip_caller_id.so",
    "res_pjsip_diversion.so",  # which number was dialled first
    "res_pjsip_dtmf_info.so",
    "res_pjsip_endpoint_identifier_ip.so",  # the trunk
    "res_pjsip_endpoint_identifier_user.so",  # the agents
    "res_pjsip_header_funcs.so",
    "res_pjsip_nat.so",
    "res_pjsip_outbound_authenticator_digest.so",
    "res_pjsip_outbound_registration.so",  # a trunk that wants us to register
    "res_pjsip_refer.so",  # an agent transfers with the phone's own key
    "res_pjsip_registrar.so",
    "res_pjsip_rfc3326.so",  # "answered elsewhere" is not a missed call
)

_BRIDGES: Final = (
    "bridge_builtin_features.so",
    "bridge_holding.so",
    "bridge_native_rtp.so",
    "bridge_simple.so",
    "bridge_softmix.so",
    "chan_bridge_media.so",  # a prompt played to both sides
)

_ARI: Final = (
    "res_http_websocket.so",
    "res_stasis.so",
    "res_stasis_answer.so",
    "res_stasis_device_state.so",
    "res_stasis_recording.so",  # res_stasis_playback needs it
    "res_stasis_playback.so",
    "res_stasis_snoop.so",  # res_ari_channels needs it
    "res_websocket_client.so",  # res_ari needs it
    "res_ari_model.so",
    "res_ari.so",
    "res_ari_applications.so",
    "res_ari_asterisk.so",
    "res_ari_bridges.so",
    "res_ari_channels.so",
    "res_ari_device_states.so",
    "res_ari_endpoints.so",
    "res_ari_events.so",
    "res_ari_playbacks.so",
    "res_ari_recordings.so",  # to delete spoken messages
    "app_stasis.so",
)

_DIALPLAN: Final = (
    "app_dial.so",
    "app_exec.so",  # ExecIf
    "app_playback.so",
    "app_queue.so",  # the fallback queue
    "app_read.so",
    "app_stack.so",  # Gosub
    "app_userevent.so",
    "app_verbose.so",
    "func_callerid.so",  # REDIRECTING is in it as well
    "func_channel.so",
    "func_cut.so",
    "func_db.so",
    "func_devstate.so",
    "func_dialplan.so",
    "func_global.so",
    "func_groupcount.so",  # how many calls there are at once
    "func_logic.so",
    "func_pjsip_endpoint.so",
    "func_strings.so",
    "func_timeout.so",
    "res_speech.so",  # res_agi needs it
    "res_agi.so",  # callback requests while the app is down
)

RELOADED_BY: Final = {
    "extensions.conf": "pbx_config.so",
    "musiconhold.conf": "res_musiconhold.so",
    "pjsip.conf": "res_pjsip.so",
    "queues.conf": "app_queue.so",
}
"""The module that reads a file again while calls go on; other files are read at the start only."""

NEEDED_MODULES: Final[tuple[str, ...]] = _FOUNDATION + _MEDIA + _SIP + _BRIDGES + _ARI + _DIALPLAN
"""File names, ``.so`` included, in an order in which they can be loaded."""

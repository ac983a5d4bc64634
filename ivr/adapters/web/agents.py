"""Routes about agents."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Path

from ivr.adapters.web import views
from ivr.adapters.web.failures import documented
from ivr.adapters.web.models import (
    AgentList,
    AgentShown,
    Id,
    OnBehalf,
    PresenceWish,
    ResultWish,
)
from ivr.adapters.web.parts import With
from ivr.adapters.web.routers import api_router
from ivr.domain.agents import Presence
from ivr.domain.calls import CallResult
from ivr.domain.ids import AgentId

AgentInPath = Annotated[Id, Path(description="The agent's id.", examples=["1001"])]

router = api_router("agents", prefix="/agents")
_not_found = documented(HTTPStatus.NOT_FOUND)
_refusals = documented(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE)
_failures = documented(HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE)


@router.get("", summary="All agents")
async def list_agents(parts: With) -> AgentList:
    """Shows all agents of the configuration, logged out ones as well."""
    agents = parts.desk.snapshot().agents
    return AgentList(agents=[views.agent(agent, parts.county.hours.zone) for agent in agents])


@router.get("/{agent_id}", summary="One agent", responses=_not_found)
async def show_agent(parts: With, agent_id: AgentInPath) -> AgentShown:
    """Shows what the agent wants and what the system does with the agent."""
    return views.agent(parts.desk.agent(AgentId(agent_id)), parts.county.hours.zone)


@router.put("/{agent_id}/presence", summary="Say what an agent wants", responses=_failures)
async def choose_presence(parts: With, agent_id: AgentInPath, wish: PresenceWish) -> AgentShown:
    """Makes the agent ready, pauses the agent or logs the agent out, as feature codes do.

    A call that is being talked in goes on; the wish counts after it. `ready` also ends wrap-up.
    Where `by` names somebody else than the agent, it is in the audit before it counts.
    """
    presence = Presence(wish.presence)
    view = await parts.desk.choose_presence(AgentId(agent_id), presence, wish.reason, by=wish.by)
    return views.agent(view, parts.county.hours.zone)


@router.post(
    "/{agent_id}/last-call", summary="Log an agent out after the next call", responses=_failures
)
async def choose_last_call(parts: With, agent_id: AgentInPath, wish: OnBehalf) -> AgentShown:
    """Lets the agent finish the talk that goes on, or else have one more, and then logs out.

    Any presence chosen afterwards counts instead.
    """
    view = await parts.desk.choose_last_call(AgentId(agent_id), by=wish.by)
    return views.agent(view, parts.county.hours.zone)


@router.post(
    "/{agent_id}/result", summary="Say what came of an agent's latest call", responses=_refusals
)
async def give_result(parts: With, agent_id: AgentInPath, wish: ResultWish) -> AgentShown:
    """Notes the result with the call the agent answered last; until the next one is answered.

    Said again, the latest counts. An agent who has had no call yet is refused (`no_call`).
    """
    view = await parts.desk.give_result(AgentId(agent_id), CallResult(wish.result), by=wish.by)
    return views.agent(view, parts.county.hours.zone)


@router.post("/{agent_id}/end-wrap-up", summary="End an agent's wrap-up", responses=_not_found)
async def end_wrap_up(parts: With, agent_id: AgentInPath) -> AgentShown:
    """Lets the agent have the next call at once; changes nothing where there is no wrap-up."""
    view = await parts.desk.end_wrap_up(AgentId(agent_id))
    return views.agent(view, parts.county.hours.zone)


@router.post(
    "/{agent_id}/extend-wrap-up", summary="Extend an agent's wrap-up", responses=_not_found
)
async def extend_wrap_up(parts: With, agent_id: AgentInPath) -> AgentShown:
    """Gives the agent more time after the last call; changes nothing where there is no wrap-up."""
    view = await parts.desk.extend_wrap_up(AgentId(agent_id))
    return views.agent(view, parts.county.hours.zone)

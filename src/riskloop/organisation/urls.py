"""Where the pages of people, roles and units are."""

from __future__ import annotations

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from riskloop.organisation import people_views, role_views, unit_views


class Id(StringConverter):
    """A number or code of the bank's, of what a text of the database can hold."""

    regex = r"[^/\x00]+"


register_converter(Id, "id")

urlpatterns = [
    path("people/", people_views.people, name="people"),
    path("people/joiners/", people_views.joiners, name="joiners"),
    path("people/new/", people_views.create_account, name="create_account"),
    path("people/<int:user_id>/", people_views.person, name="person"),
    path("people/<int:user_id>/<slug:action>/", people_views.act_on_person, name="act_on_person"),
    path("roles/", role_views.roles, name="roles"),
    path("roles/new/", role_views.propose_role, name="propose_role"),
    path("roles/decisions/<int:decision_id>/", role_views.decide, name="decide_on_role"),
    path("roles/<id:code>/", role_views.role, name="role"),
    path("roles/<id:code>/propose/", role_views.propose_decision, name="propose_decision"),
    path("units/", unit_views.units, name="units"),
    path("units/<id:unit_id>/", unit_views.unit, name="unit"),
    path("units/<id:unit_id>/below/", unit_views.units_below, name="units_below"),
    path("units/<id:unit_id>/<slug:action>/", unit_views.change_unit, name="change_unit"),
    path("staff/<id:staff_id>/", unit_views.staff_member, name="staff_member"),
]

"""The shapes of tickets as the API shows them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts import permissions as who
from common.clock import now
from common.language import spoken
from compensation.api.data import RemedyData, StoredDecisionData, decision_for
from orders.rules.card_keys import MOST
from tickets.models import Clock, Event, Ticket
from tickets.rules.lifecycle import TURN


class ClockData(serializers.ModelSerializer[Clock]):
    state = serializers.SerializerMethodField()
    explanation = serializers.SerializerMethodField()

    class Meta:
        model = Clock
        fields = ["kind", "state", "due_at", "stopped_at", "explanation"]

    def get_state(self, clock: Clock) -> str:
        return clock.state_at(now())

    def get_explanation(self, clock: Clock) -> str:
        return spoken(clock.explanation)


class TicketData(serializers.ModelSerializer[Ticket]):
    order_no = serializers.CharField(source="order.order_no")
    turn = serializers.ChoiceField(sorted(set(TURN.values())))
    assignee = serializers.SerializerMethodField(help_text="经办的用户名；只给运营，别人是 null")
    responsibility = serializers.SerializerMethodField(help_text="谁承担；只给运营和开发者，别人是 null")
    clocks = ClockData(many=True)
    decision = serializers.SerializerMethodField()
    remedies = serializers.SerializerMethodField()

    class Meta:
        model = Ticket
        fields = [
            "no", "order_no", "channel", "reason", "severity", "state", "turn", "opened_at", "resolved_at",
            "assignee", "clocks", "decision", "remedies", "responsibility", "version",
        ]  # fmt: skip
        extra_kwargs = {"version": {"help_text": "运营的动作要带上它：看过之后别人动过，就是 409"}}

    def get_assignee(self, ticket: Ticket) -> str | None:
        who_has_it = ticket.assignee if who.is_ops(self.context["request"].user) else None
        return who_has_it.get_username() if who_has_it else None

    def get_responsibility(self, ticket: Ticket) -> str | None:
        reader = self.context["request"].user
        known = who.is_ops(reader) or who.role_of(reader) == "developer"
        return ticket.responsibility or None if known else None

    @extend_schema_field(StoredDecisionData)
    def get_decision(self, ticket: Ticket) -> Any:
        return decision_for(ticket.decision, self.context["request"].user)

    @extend_schema_field(RemedyData(many=True))
    def get_remedies(self, ticket: Ticket) -> Any:
        return RemedyData(ticket.decision.remedies.all(), many=True).data


class EventData(serializers.ModelSerializer[Event]):
    class Meta:
        model = Event
        fields = ["at", "kind", "actor", "text", "data"]


class BundleHead(serializers.Serializer[Any]):
    size = serializers.IntegerField()
    root = serializers.CharField()  # type: ignore[assignment]  # taken out of the class body
    sealed_at = serializers.DateTimeField(allow_null=True)
    public_key = serializers.CharField(allow_null=True)
    signature = serializers.CharField(allow_null=True)


class BundleEntry(serializers.Serializer[Any]):
    n = serializers.IntegerField(help_text="在存证里的序号，从 0 数起")
    digest = serializers.CharField()
    salt = serializers.CharField(allow_null=True, help_text="抹去以后为 null")
    body = serializers.CharField(allow_null=True, help_text="发生了什么，JSON 文字；抹去以后为 null")
    path = serializers.ListField(child=serializers.CharField())


class BundlePolicy(serializers.Serializer[Any]):
    code = serializers.CharField()
    version = serializers.IntegerField()
    hash = serializers.CharField()
    data = serializers.DictField()  # type: ignore[assignment]  # DRF takes it out of the class body


class BundleData(serializers.Serializer[Any]):
    """A ticket's evidence, complete in itself; for the schema."""

    format = serializers.CharField()  # type: ignore[assignment]  # as is root
    ticket_no = serializers.CharField()
    order_no = serializers.CharField()
    head = BundleHead()
    entries = BundleEntry(many=True)
    waiting = serializers.IntegerField(help_text="还没封存的条数，一分钟内会封存")
    policies = BundlePolicy(many=True)


class TicketIn(serializers.Serializer[Any]):
    order_no = serializers.CharField(max_length=64)
    reason = serializers.CharField(
        max_length=24, required=False, allow_null=True, allow_blank=True, default=None
    )
    text = serializers.CharField(required=False, allow_blank=True, default="", max_length=4000)
    quantity = serializers.IntegerField(required=False, allow_null=True, default=None)
    wants = serializers.ChoiceField(
        [("refund", "退钱"), ("replacement", "换新")],
        required=False,
        default="refund",
        help_text="货有问题、核实以后要哪一样；库存不够换的退钱",
    )
    units = serializers.ListField(
        child=serializers.IntegerField(min_value=1),
        required=False,
        allow_null=True,
        default=None,
        max_length=MOST,
        help_text="用不了的是第几份卡密；写了它，数量就是它的份数",
    )


class MessageIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=4000)
    internal = serializers.BooleanField(default=False)


class AppealIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=4000)

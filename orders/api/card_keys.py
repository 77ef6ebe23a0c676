"""The shape of a card key as anybody may see it: where it stands, and nothing of what it says."""

from rest_framework import serializers

from orders.models import CARD_KEY_STATES, CardKey
from orders.rules.card_keys import MASK


class SecretRow(serializers.ModelSerializer[CardKey]):
    state = serializers.ChoiceField(CARD_KEY_STATES)
    masked = serializers.SerializerMethodField()

    class Meta:
        model = CardKey
        fields = ["unit", "state", "masked", "delivered_at", "revealed_at"]

    def get_masked(self, key: CardKey) -> str:
        return MASK

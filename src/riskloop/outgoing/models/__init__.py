from riskloop.outgoing.models.notices import Mail, Notice, NoticeSettings
from riskloop.outgoing.models.webhooks import Attempt, Delivery, DeliveryState, Endpoint, Problem

__all__ = ["Attempt", "Delivery", "DeliveryState", "Endpoint", "Mail", "Notice", "NoticeSettings", "Problem"]

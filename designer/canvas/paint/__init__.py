"""How the parts of a picture are painted: functions of a painter, without state of their own."""

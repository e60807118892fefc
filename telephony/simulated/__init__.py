"""The simulated line: calls without a telephone, in the event loop's (virtual) time."""

from telephony.simulated.call import SimulatedCall
from telephony.simulated.far_end import FarEnd, Heard
from telephony.simulated.line import Callee, SimulatedLine

__all__ = ["Callee", "FarEnd", "Heard", "SimulatedCall", "SimulatedLine"]

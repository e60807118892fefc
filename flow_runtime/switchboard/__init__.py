"""The shell between the contact centre's engine, the line and the flows' calls.

`switchboard` is its front door: events go to the engine by `tell`, and `hands` does what comes out.
On its one side are callers (`callers`, `visit`, `plans`, `callbacks`, `messages`, `conferences`),
on the other telephones (`phones`, `dialled`, `customers`, `parties`), between them `conversations`.
Agents and supervisors press the buttons of `desk` and `supervision`, or dial codes
(`agent_calls`, `feature_codes`). `journal` is where events are written.
"""

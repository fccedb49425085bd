"""What people do in a case; every act is recorded in the audit.

- `workflow`: one item: decisions, second review, rulings (裁定), claiming and assigning, corrections; `bulk`: many at once, or several findings
- `raising`: findings that people raise or change, with the types and bases of `finding_types`
- `checklists`: points and conclusions; `contradictions`: what of all this does not go together and must be resolved or explained
- `releases`: the review sent to the issuer, and its answers; `notices`: who is told; `marks`: what waits for a person; `history`: who did what
- `publication`: what may be published, publishing, withdrawing; `public_facts`: what the public is told
- `agreement`: how far people agree with each other and with the program; `training_export`: decisions as annotated sentences
"""

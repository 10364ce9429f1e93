"""6xx: the record of acts."""

from __future__ import annotations

from seldon_nb.domain.code import N_, Code, Kind, NextStep

CODES: tuple[Code, ...] = (
    Code(
        id="SNB-601",
        kind=Kind.CONFLICT,
        what=N_("The record of acts does not hold: record {seq} is the first that cannot be trusted."),
        saw=N_("What was seen: {reason}. The records before it hold."),
        next=(
            NextStep(say=N_("Read what the record says now:"), verb="history"),
            NextStep(
                say=N_("Compare record {seq} with a copy or a backup of the audit directory before anything is cleaned up.")
            ),
        ),
        who=N_("Whoever is responsible for security in your team should know; keep the audit directory as it is."),
        explain=N_(
            "Each record carries a hash over its own content and over the hash of the record before it, and an anchor beside the chain remembers the "
            "last one. Changing, removing, inserting or swapping a record breaks the chain at that place for ever. New records are still written "
            "after it, so that nothing that happens next is lost. A broken chain is not always an attack: editing the file by hand, or restoring a part "
            "of it from a backup, looks the same."
        ),
        example={"seq": 7, "reason": "it was changed after it was written", "records": 40},
    ),
    Code(
        id="SNB-602",
        kind=Kind.CONFLICT,
        what=N_("The record of acts ends too early: record {seq} and what followed it are missing."),
        saw=N_("{records} records are there and hold, and the anchor remembers more."),
        next=(
            NextStep(say=N_("Read what is left:"), verb="history"),
            NextStep(say=N_("Put the missing end back from a backup of the audit directory, if there is one.")),
        ),
        who=N_("Whoever is responsible for security in your team should know; keep the audit directory as it is."),
        explain=N_(
            "The anchor is replaced after every record and remembers the number and the hash of the last one. If the chain is shorter than that, "
            "its end was cut off after it had been written. A stop in the middle of writing does not look like this: a line that was cut off "
            "by a power loss lies after the anchor, is kept aside and is mentioned by the check."
        ),
        example={"seq": 38, "reason": "truncated", "records": 37},
    ),
    Code(
        id="SNB-603",
        kind=Kind.PLATFORM,
        what=N_("Nothing was done to `{subject}`, because the act could not be recorded."),
        saw=N_("Writing to `{path}` ended with: {reason}."),
        next=(
            NextStep(say=N_("See what stands in the way:"), verb="doctor"),
            NextStep(say=N_("Look at the free space:"), shell="df -h {path}"),
        ),
        who=N_("Whoever looks after this machine, if the disk is full or the directory belongs to somebody else."),
        explain=N_(
            "Every act leaves one record: who, what, which digest, with what result, and never a payload or a token. An act that cannot be recorded does "
            "not happen. Make room on the disk, or give the directory back to its owner, and repeat the line."
        ),
        example={"subject": "dev/fraud", "path": "/home/you/.local/share/seldon_nb/audit", "reason": "No space left on device"},
    ),
)

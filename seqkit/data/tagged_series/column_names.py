"""Usual names of the columns of tables with a label in every row."""

ROW_LABEL_NAMES = (
    *("label", "labels", "state", "activity", "phase", "stage", "tag", "class", "behaviour", "behavior", "status"),
)
RECORDING_NAMES = (
    *("recording", "recording_id", "recording id", "subject", "subject_id", "subject id", "machine", "machine_id"),
    *("machine id", "patient", "patient_id", "patient id", "user", "user_id", "user id"),
)

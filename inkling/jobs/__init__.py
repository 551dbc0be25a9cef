"""Work with TensorFlow that is started from the app: a queue and one process that does it.

May import `inkling.paths` and `inkling.reports`. Neither Streamlit nor Keras.
"""

from inkling.jobs.queue import JobError, Queue, is_enabled
from inkling.jobs.records import JobRecord, Progress, TrainingRequest
from inkling.jobs.status import JobStatus

__all__ = [
    "JobError",
    "JobRecord",
    "JobStatus",
    "Progress",
    "Queue",
    "TrainingRequest",
    "is_enabled",
]

//! Messages of the Gmail API. Source: discovery document gmail 20261005

use crate::shape::{Member, Shape};

const HEADER: Shape = Shape::Object(&[("name", Shape::Text), ("value", Shape::Text)]);

/// A part may hold parts.
static PART: Shape = Shape::Object(&PART_MEMBERS);
static PART_MEMBERS: [Member; 6] = [
    ("partId", Shape::Text),
    ("mimeType", Shape::Text),
    ("filename", Shape::Text),
    ("headers", Shape::List(&HEADER)),
    (
        "body",
        Shape::Object(&[
            ("attachmentId", Shape::Text),
            ("data", Shape::Text),
            ("size", Shape::Int32),
        ]),
    ),
    ("parts", Shape::List(&PART)),
];

const LABEL_FIELD: Shape = Shape::Object(&[("fieldId", Shape::Text), ("selection", Shape::Text)]);

const LABEL_VALUE: Shape =
    Shape::Object(&[("labelId", Shape::Text), ("fields", Shape::List(&LABEL_FIELD))]);

pub(crate) static MESSAGE_SHAPE: Shape = Shape::Object(&MESSAGE_MEMBERS);
static MESSAGE_MEMBERS: [Member; 10] = [
    ("id", Shape::Text),
    ("threadId", Shape::Text),
    ("labelIds", Shape::List(&Shape::Text)),
    ("snippet", Shape::Text),
    ("historyId", Shape::Int64),
    ("internalDate", Shape::Int64),
    ("sizeEstimate", Shape::Int32),
    ("raw", Shape::Text),
    ("payload", Shape::Object(&PART_MEMBERS)),
    ("classificationLabelValues", Shape::List(&LABEL_VALUE)),
];

pub(crate) const PROFILE_SHAPE: Shape = Shape::Object(&[
    ("emailAddress", Shape::Text),
    ("messagesTotal", Shape::Int32),
    ("threadsTotal", Shape::Int32),
    ("historyId", Shape::Int64),
]);

"""Everything that can go wrong in a way a user can mend.

    KnowledgeBaseError
    ├── SettingError          a KB_... variable or option has a value we cannot use
    ├── ContentError          content files that do not pass `kb check`
    ├── EncoderError          the model cannot be found, read or exported
    ├── SnapshotError         no usable index snapshot: missing, torn or of another make
    │   └── NoSnapshotError   nothing was built yet
    ├── StoreError            the database that holds the snapshots does not answer, or not as it should
    ├── StorageError          what is built cannot be written: a full disk, a folder of someone else
    ├── ListeningError        the server cannot listen at the address that the settings name
    ├── QueryError            a search request that makes no sense
    │   └── UnknownTermError  a filter names a term that the vocabulary does not hold
    ├── NotFoundError         no such practice, commitment or event
    ├── AgendaRequestError    a request for an agenda that cannot be read
    │   ├── InfeasibleError   a request that no agenda can fulfil
    │   └── TooLargeError     a body larger than any request
    ├── ContributionError     a Word file, an answer or a name that no page can be made of
    ├── StaticSearchError     the search index of a plain-file copy could not be written
    └── JudgementError        a file of judged queries that cannot be read

Each message is one sentence that says what to do. `kb.cli` turns it into that sentence and `exit_code`;
`kb.api` turns it into `status` and a problem document (RFC 9457). Nothing else catches these.
"""

from __future__ import annotations

from kb.sentences import Sentence


class KnowledgeBaseError(Exception):
    """Root of all errors that are the caller's or the content's, not a defect of ours.

    `template` and `values` are kept apart, so that a page can say the same sentence in the reader's language.
    """

    exit_code = 1
    status = 500
    slug = "error"
    lang = ""
    """Language that a verb was asked to speak when it failed, or of the file that it read; empty where there was neither."""

    def __init__(self, template: str, hint: str = "", **values: object) -> None:
        self.template = template
        self.values = values
        self.sentence = template if isinstance(template, Sentence) else Sentence(template, **values)
        self.hint = hint
        super().__init__(self.sentence + hint)

    def said(self, lang: str) -> str:
        """The message in a language, as far as the catalogue has it."""
        return self.sentence.said(lang) + (self.hint.said(lang) if isinstance(self.hint, Sentence) else self.hint)


class SettingError(KnowledgeBaseError):
    """A setting has a value we cannot use; the message names the variable and what it takes."""

    exit_code = 2
    slug = "bad-setting"


class ContentError(KnowledgeBaseError):
    """Content that does not pass the checks; the message counts the problems."""

    slug = "bad-content"


class ContributionError(KnowledgeBaseError):
    """What a contributor handed in cannot become a page; the message says what to change."""

    exit_code = 2
    status = 422
    slug = "bad-contribution"


class EncoderError(KnowledgeBaseError):
    """The model cannot be found, read, or exported faithfully."""

    exit_code = 3
    status = 503
    slug = "encoder-unavailable"


class SnapshotError(KnowledgeBaseError):
    """A snapshot that must not be served: torn, changed after it was written, or of another version."""

    exit_code = 3
    status = 503
    slug = "index-unavailable"


class NoSnapshotError(SnapshotError):
    """Nothing was built yet."""


class StoreError(KnowledgeBaseError):
    """The database that holds the snapshots is lost, slow or empty; the message says what to try."""

    exit_code = 3
    status = 503
    slug = "store-unavailable"


class StorageError(KnowledgeBaseError):
    """What is built cannot be written; what was published before is untouched."""

    exit_code = 3
    slug = "storage"


class ListeningError(KnowledgeBaseError):
    """The address or port that the server is to listen at is taken, forbidden or not there."""

    slug = "not-listening"


class QueryError(KnowledgeBaseError):
    """A search request that cannot be answered as it stands."""

    exit_code = 2
    status = 422
    slug = "bad-request"


class UnknownTermError(QueryError):
    """A filter value that the vocabulary does not hold."""

    slug = "unknown-term"


class NotFoundError(KnowledgeBaseError):
    """No such entry."""

    status = 404
    slug = "not-found"


class AgendaRequestError(KnowledgeBaseError):
    """A request for an agenda that cannot be read; each line of the message names a key and what to do."""

    exit_code = 2
    status = 422
    slug = "bad-request"


class InfeasibleError(AgendaRequestError):
    """A request that no agenda can fulfil; the message says what to change."""

    slug = "infeasible"


class TooLargeError(AgendaRequestError):
    """A body larger than any request."""

    status = 413
    slug = "too-large"


class StaticSearchError(KnowledgeBaseError):
    """Pagefind, which makes the search of a plain-file copy, failed; the message holds its words."""

    slug = "static-search"


class JudgementError(KnowledgeBaseError):
    """Judged queries that cannot be read; the message names file and line."""

    exit_code = 2
    slug = "bad-judgements"

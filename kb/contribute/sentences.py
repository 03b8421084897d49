"""What we tell contributors about their file, in the language that they wrote it in."""

from __future__ import annotations

_SENTENCES: dict[str, dict[str, str]] = {
    "not a number": {
        "en": "%(where)s %(text)r cannot be read as a number; write it as 1140 or 56.7.",
        "es": "%(where)s %(text)r no se puede leer como número; escríbalo como 1140 o 56.7.",
    },
    "not a source": {
        "en": "%(where)s %(text)r is not the number of a source; write that of its row among the sources, such as 1.",
        "es": "%(where)s %(text)r no es el número de una fuente; escriba el de su fila entre las fuentes, por ejemplo 1.",
    },
    "no number": {
        "en": "%(where)s There is no number; every row needs one.",
        "es": "%(where)s Falta el número; cada fila necesita uno.",
    },
    "not a word": {
        "en": "%(where)s %(text)r is none of the words for this question.%(hint)s",
        "es": "%(where)s %(text)r no es ninguna de las palabras de esta pregunta.%(hint)s",
    },
    "meant": {"en": " Did you mean %(term)r?", "es": " ¿Quiso decir %(term)r?"},
    "written": {"en": "Wrote %(file)s, a draft.", "es": "Se escribió %(file)s, un borrador."},
    "next": {
        "en": "Complete it, and run `kb check %(path)s` until it finds nothing.",
        "es": "Complételo y ejecute `kb check %(path)s` hasta que no encuentre nada.",
    },
    "unanswered": {"en": "Not answered: %(question)s", "es": "Sin respuesta: %(question)s"},
    "pictures": {
        "en": "%(count)s pictures or drawings were left out; pages hold text only.",
        "es": "Se omitieron %(count)s imágenes o dibujos; las páginas solo llevan texto.",
    },
    "text boxes": {
        "en": "The text in %(count)s text boxes was left out; copy it into the answer: %(text)r",
        "es": "Se omitió el texto de %(count)s cuadros de texto; cópielo en la respuesta: %(text)r",
    },
    "footnote": {
        "en": "A footnote was left out; add it to the sources and cite it as [1]: %(text)r",
        "es": "Se omitió una nota al pie; agréguela a las fuentes y cítela como [1]: %(text)r",
    },
    "comments": {
        "en": "%(count)s comments in the margin were left out.",
        "es": "Se omitieron %(count)s comentarios al margen.",
    },
    "deletions": {
        "en": "Tracked changes were taken as accepted.",
        "es": "Los cambios registrados se tomaron como aceptados.",
    },
    "objects": {
        "en": "%(count)s embedded objects (charts, formulas, spreadsheets) were left out.",
        "es": "Se omitieron %(count)s objetos incrustados (gráficos, fórmulas, hojas de cálculo).",
    },
    "before": {
        "en": "Text before the first question was left out: %(text)r",
        "es": "Se omitió el texto anterior a la primera pregunta: %(text)r",
    },
    "no question": {
        "en": "Question %(number)s is not in the file (%(question)s). If its answer is, it went to the question above it; look there.",
        "es": "La pregunta %(number)s no está en el archivo (%(question)s). Si está su respuesta, quedó en la pregunta anterior; revísela.",
    },
    "formatting": {
        "en": "Bold, italics and colours were left out.",
        "es": "Se omitieron negritas, cursivas y colores.",
    },
    "table": {
        "en": "%(where)s A table stands where words are asked for; its cells were joined.",
        "es": "%(where)s Hay una tabla donde se pide texto; se unieron sus celdas.",
    },
    "beside table": {
        "en": "%(where)s Text that stands beside the table was left out; put it into a row: %(text)r",
        "es": "%(where)s Se omitió el texto que está fuera de la tabla; póngalo en una fila: %(text)r",
    },
    "hint": {
        "en": "%(where)s This was taken for the hint of the template and left out: %(text)r",
        "es": "%(where)s Esto se tomó por la indicación de la plantilla y se omitió: %(text)r",
    },
    "other column": {
        "en": "%(where)s The table has a column that we do not ask for; this was left out: %(text)r",
        "es": "%(where)s La tabla tiene una columna que no se pide; se omitió esto: %(text)r",
    },
    "link": {
        "en": "The link behind %(words)r was left out; if it is a source, add it to the sources: %(address)s",
        "es": "Se omitió el enlace de %(words)r; si es una fuente, agréguelo a las fuentes: %(address)s",
    },
    "raised": {
        "en": "Raised digits stand as they were written (%(text)s); if they name a source, write them as [1].",
        "es": "Los números en superíndice quedaron como estaban (%(text)s); si indican una fuente, escríbalos como [1].",
    },
    "several": {
        "en": "%(where)s Several answers stand where one is asked for (%(found)s); the first was taken.",
        "es": "%(where)s Hay varias respuestas donde se pide una (%(found)s); se tomó la primera.",
    },
    "cell": {
        "en": "%(question)s (row %(row)s, %(column)s)",
        "es": "%(question)s (fila %(row)s, %(column)s)",
    },
}


def say(key: str, lang: str, **values: object) -> str:
    """The sentence called `key` in `lang`."""
    sentence = _SENTENCES[key][lang]
    return sentence % values if values else sentence

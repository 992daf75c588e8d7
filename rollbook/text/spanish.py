"""The same speech acts and claims in Spanish, over folded text: accents are gone."""

from __future__ import annotations

from rollbook.text.acts import Act, Kind, said
from rollbook.text.claims import AS_ONE, OFFICIAL, ON_BEHALF, REPRESENTS
from rollbook.text.patterns import group

_ADVERBS = "(?: (?:tambien|ya|siempre|firmemente|oficialmente|hoy))*"


def _act(does: str, kind: Kind, weight: float, patterns: str) -> Act:
    return Act(does, kind, weight, said(patterns))


def _named(does: str, weight: float, verbs: str, *, formal: bool = True) -> Act:
    return Act(does, "about", weight, said(rf"<I>(?:,[^,.!?]{{1,50}},)?{_ADVERBS} {group(verbs)}"), formal)


SPANISH: tuple[Act, ...] = (
    _act(ON_BEHALF, "claim", 1.0, r"""
        \ben (?:nombre|representacion) (?:de|de todo)? ?(?:[\w]+ ){0,3}?<I>
        \bhabl(?:o|amos|ando) (?:por|en nombre de|como) <I> | \brepresent(?:o|amos) (?:a|al)? ?<I>
    """),
    _act(REPRESENTS, "claim", 1.0, r"""
        \b(?:portavoz|vocer[oa]|representante oficial|voz oficial)(?: oficial)? (?:de|del)? ?<I>
        \bcomo (?:su )?(?:portavoz|vocer[oa]|representante)\b
    """),
    _act(OFFICIAL, "claim", 1.0, r"""
        (?:^|[\n.!?:] ?|\beste es un |\besta es la |\bes la |\bes el |\bnuestr[ao] |\bla |\
            \bel )\W{0,4}(?:comunicado|declaracion|aviso|postura|posicion|mensaje|respuesta|anuncio|\
            nota) oficial\b(?P<source> (?:de|del) (?P<from>[^:.,!?\n]{1,40}))?
        \b(?:declaramos|informamos) oficialmente | \boficialmente,? <I>
    """),
    _act("states its position", "claim", 0.95, r"""
        \b(?:la|nuestra) (?:postura|posicion|respuesta|decision)(?: oficial)? (?:de |del |como )?(?:<I>|distrito|\
            escuela|junta)(?: (?:es|sigue|no ha|esta)\b|:)
    """),
    _act("issues a statement", "claim", 0.9, r"""
        ^\W{0,6}(?:comunicado|declaracion|mensaje|aviso|aclaracion|respuesta) (?:de|del|de parte de|de parte del) ?<I>
        ^\W{0,3}(?:comunicado|aclaracion):
    """),
    _act(AS_ONE, "claim", 0.65, r"""
        \b(?:nosotros )?(?:en|desde) <I>,? (?:nosotros|no |hemos|decidimos|queremos|lamentamos|les |nos |creemos|\
            estamos|vamos)
        \bcomo (?:distrito|escuela|junta|departamento|institucion)\b,?
    """),
    _named("apologises", 0.9, r"""
        lamenta | se disculpa | pide (?:una )?disculpas? | ofrece (?:sus |una )?disculpas? | siente
    """),
    _named("denies", 0.9, "niega | desmiente | rechaza"),
    _named("condemns", 0.9, "condena | repudia | no tolera | no permite | no tolerara"),
    _named("promises", 0.9, "(?:lo |les )?(?:garantiza|promete|se compromete)"),
    _named("gives an assurance", 0.8, r"""
        (?:les )?(?:confirma|asegura|aclara|reitera|reafirma|quiere (?:aclarar|que sepan|informar)|desea (?:aclarar|\
            informar))
    """),
    _named("takes a stand", 0.8, r"""
        respalda | apoya (?:a|al|su|la decision) | toma (?:muy )?en serio | asume | acepta la responsabilidad
        considera
    """),
    _named("declines to comment", 0.9, "no (?:hara|tiene) (?:mas )?comentarios"),
    _named("speaks of an inquiry", 0.75, "(?:esta|sigue) (?:investigando|revisando|al tanto|cooperando)"),
    _named("denies", 0.7, "no (?:tiene|hay) (?:planes|intencion|ningun)"),
    _named("denies", 0.5, r"""
        no (?:lo )?(?:va a|esta|ha|piensa|cerrara|permitira|cobrara|hara|eliminara|despedira)
        no (?:se |los |las )?[a-z]+ran?\b | nunca
    """, formal=False),
    _named("decides", 0.35, r"""
        ha decidido | decidio | ha determinado | va a (?:pagar|ofrecer|reponer|cubrir|cambiar|investigar)
        (?:pagara|ofrecera|cubrira|devolvera|reembolsara|enviara)
    """, formal=False),
    _act("apologises", "we", 0.5, r"""
        \b(?:lamentamos|nos disculpamos|les pedimos disculpas?|pedimos (?:una )?disculpas?|\
            ofrecemos (?:una )?disculpas?)
    """),
    _act("denies", "we", 0.5, r"""
        \b(?:negamos|desmentimos|rechazamos|condenamos|repudiamos|no toleramos|respaldamos|tomamos (?:muy )?en serio)
    """),
    _act("promises", "we", 0.45, r"""
        \b(?:garantizamos|prometemos|nos comprometemos|aseguramos|confirmamos|aclaramos|les aseguro)
    """),
    _act("decides", "we", 0.4, r"""
        \b(?:hemos decidido|decidimos|no (?:vamos|iremos) a|estamos investigando|hemos (?:revisado|investigado|\
            tomado)|nuestra (?:decision|postura|posicion))
    """),
)

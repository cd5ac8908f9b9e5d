"""What people say in the place of what references write: short forms, products, the other language.

Written here from common use, not taken from a producer. Each group holds equals, folded; a search for
one also finds names that hold all the words of another.
"""

GROUPS: tuple[tuple[str, ...], ...] = (
    ("rh", "ressources humaines", "human resources"),
    ("drh", "directeur ressources humaines"),
    ("ia", "intelligence artificielle", "ai", "artificial intelligence"),
    ("langage c", "c"),
    ("langage c++", "c++"),
    ("langage c#", "c#", "c sharp"),
    ("machine learning", "apprentissage automatique"),
    ("deep learning", "apprentissage profond"),
    ("tableur", "excel", "spreadsheet"),
    ("traitement texte", "word processing"),
    ("rgpd", "gdpr", "protection donnees"),
    ("seo", "referencement naturel", "search engine optimisation"),
    ("crm", "relation client", "customer relationship management"),
    ("btp", "batiment travaux publics"),
    ("pao", "publication assistee ordinateur"),
    ("cao", "conception assistee ordinateur"),
    ("dao", "dessin assiste ordinateur"),
    ("sav", "service apres vente"),
    ("qse", "qualite securite environnement"),
    ("hse", "hygiene securite environnement"),
    ("vtc", "voiture transport chauffeur"),
    ("avs", "auxiliaire vie sociale"),
    ("aesh", "accompagnant eleves situation handicap"),
    ("atsem", "agent specialise ecoles maternelles"),
    ("ide", "infirmier diplome"),
    ("cip", "conseiller insertion professionnelle"),
    ("fle", "francais langue etrangere"),
    ("bdd", "base donnees", "database"),
    ("dev", "developpeur", "developer"),
    ("prof", "professeur"),
    ("ui", "user interface", "interface utilisateur"),
    ("ux", "user experience", "experience utilisateur"),
    ("femme menage", "employee menage", "agente entretien"),
    ("nounou", "garde enfant", "assistante maternelle"),
    ("routier", "conducteur poids lourd"),
    ("hotline", "hot line", "helpdesk", "help desk"),
    ("teamwork", "work teams"),
)

_BY_PHRASE: dict[str, tuple[str, ...]] = {}
for _group in GROUPS:
    for _phrase in _group:
        _BY_PHRASE[_phrase] = (*_BY_PHRASE.get(_phrase, ()), *(p for p in _group if p != _phrase))

LONGEST = max(phrase.count(" ") + 1 for phrase in _BY_PHRASE)
"""Words in the longest phrase above."""


def synonyms(phrase: str) -> tuple[str, ...]:
    """The equals of a folded phrase without empty words; none for most."""
    return _BY_PHRASE.get(phrase, ())

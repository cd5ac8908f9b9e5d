"""Closed lists of the accounts app. A member that is no longer offered stays: rows still carry it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Language(models.TextChoices):
    """Languages in which the pages and the messages are written."""

    FRENCH = "fr", _("Français")
    ENGLISH = "en", _("Anglais")


class OrganisationKind(models.TextChoices):
    """What an organisation is here for; it decides which roles its members may hold."""

    ADVISER_BODY = "adviser_body", _("Organisme de conseil")
    EMPLOYER = "employer", _("Employeur")


class MembershipRole(models.TextChoices):
    """What a member may do for the organisation, while the membership is in force."""

    ADVISER = "adviser", _("Conseiller ou conseillère")
    EMPLOYER_MEMBER = "employer_member", _("Membre de l’employeur")


#: The one role that each kind of organisation gives.
ROLE_OF_KIND: dict[OrganisationKind, MembershipRole] = {
    OrganisationKind.ADVISER_BODY: MembershipRole.ADVISER,
    OrganisationKind.EMPLOYER: MembershipRole.EMPLOYER_MEMBER,
}


class Purpose(models.TextChoices):
    """What the file is opened for. None of them implies another.

    A mandate is given for one of `MANDATE_PURPOSES`; the others come from a registered grant alone
    (`accounts.grants`): ANSWER and SHARE open some items, HANDOVER lets a former adviser read.
    """

    FOLLOW_UP = "follow_up", _("Suivre mon parcours")
    REVIEW = "review", _("Relire mes compétences")
    BILAN = "bilan", _("Préparer mon bilan de compétences")
    ANSWER = "answer", _("Répondre à ma demande d’avis")
    SHARE = "share", _("Lire ce que j’ai partagé")
    HANDOVER = "handover", _("Relire après un relais")


#: Purposes for which a worker may give a mandate.
MANDATE_PURPOSES = (Purpose.FOLLOW_UP, Purpose.REVIEW, Purpose.BILAN)


class MandateRequestState(models.TextChoices):
    """Life of an adviser's request: it waits, then one of the others, for good."""

    WAITING = "waiting", _("attend une réponse")
    ACCEPTED = "accepted", _("acceptée")
    DECLINED = "declined", _("refusée")
    TAKEN_BACK = "taken_back", _("reprise")
    EXPIRED = "expired", _("sans réponse après 30 jours")


class ShareKind(models.TextChoices):
    """To whom some items of a record are shown."""

    LINK = "link", _("Par lien, à une personne")
    ORGANISATION = "organisation", _("À une organisation")


class HandoverState(models.TextChoices):
    """Life of one purpose of a handover; the moves are in `rules/handovers.py`."""

    PROPOSED = "proposed", _("en attente d’une réponse")
    ACCEPTED = "accepted", _("accepté")
    DECLINED = "declined", _("refusé")
    SILENT = "silent", _("passé sans réponse")
    WITHDRAWN = "withdrawn", _("proposition retirée")
    LAPSED = "lapsed", _("sans objet")
    UNDONE = "undone", _("annulé")


class Category(models.TextChoices):
    """Families of messages. All but SECURITY may be switched off by the person."""

    SECURITY = "security", _("Sécurité du compte")
    MANDATES = "mandates", _("Accès aux dossiers")
    SKILLS = "skills", _("Changements qui touchent mes compétences")
    BILANS = "bilans", _("Dates de mes bilans de compétences")


class Audience(models.TextChoices):
    """Whom a kind of message speaks to: the page of choices shows a person those of their roles."""

    WORKER = "worker", _("Tout le monde")
    ADVISER = "adviser", _("Les conseillères et les conseillers")
    EMPLOYER = "employer", _("Les membres d’un employeur")


class Hold(models.TextChoices):
    """Why a message that is due waits for a later hour."""

    PAUSE = "pause", _("Pause en cours")
    QUIET = "quiet", _("Heures calmes")
    CAP = "cap", _("Assez de messages pour aujourd’hui")
    ADDRESS = "address", _("L’adresse ne reçoit plus")


class DigestRhythm(models.TextChoices):
    """How often the messages of a person come together in one."""

    NONE = "none", _("Jamais : chaque message à part")
    WEEKLY = "weekly", _("Chaque semaine, le lundi")
    MONTHLY = "monthly", _("Chaque mois, le premier jour")


class AddressFaultKind(models.TextChoices):
    """What the mail provider told of an address."""

    BOUNCE = "bounce", _("L’adresse refuse les messages")
    COMPLAINT = "complaint", _("Un message a été signalé comme indésirable")


class TimeZone(models.TextChoices):
    """Time zones of France, by their names in the IANA database."""

    PARIS = "Europe/Paris", _("France métropolitaine")
    GUADELOUPE = "America/Guadeloupe", _("Guadeloupe, Saint-Martin, Saint-Barthélemy")
    MARTINIQUE = "America/Martinique", _("Martinique")
    GUYANE = "America/Cayenne", _("Guyane")
    MIQUELON = "America/Miquelon", _("Saint-Pierre-et-Miquelon")
    REUNION = "Indian/Reunion", _("La Réunion")
    MAYOTTE = "Indian/Mayotte", _("Mayotte")
    NOUMEA = "Pacific/Noumea", _("Nouvelle-Calédonie")
    TAHITI = "Pacific/Tahiti", _("Polynésie française : Tahiti")
    MARQUISES = "Pacific/Marquesas", _("Polynésie française : Marquises")
    GAMBIER = "Pacific/Gambier", _("Polynésie française : Gambier")
    WALLIS = "Pacific/Wallis", _("Wallis-et-Futuna")


class Priority(models.IntegerChoices):
    """Who leaves first when many rows wait: nobody should wait for a reset behind a batch of reminders."""

    SECURITY = 0, _("Sécurité")
    ORDINARY = 5, _("Ordinaire")


class NotificationState(models.TextChoices):
    """Life of a row of the outbox; the moves allowed are in `NOTIFICATION_MOVES`."""

    WAITING = "waiting", _("En attente")
    SENDING = "sending", _("En cours d’envoi")
    SENT = "sent", _("Envoyé")
    FAILED = "failed", _("Refusé")
    UNCERTAIN = "uncertain", _("Envoi incertain")
    CANCELLED = "cancelled", _("Annulé")


_STATES = NotificationState

#: From each state, the states a row may move to. A row that may have left is never sent again on its own:
#: only a person of the staff moves it from uncertain, or from failed, back to waiting.
NOTIFICATION_MOVES: dict[NotificationState, frozenset[NotificationState]] = {
    _STATES.WAITING: frozenset({_STATES.SENDING, _STATES.CANCELLED}),
    _STATES.SENDING: frozenset(
        {_STATES.SENT, _STATES.FAILED, _STATES.UNCERTAIN, _STATES.CANCELLED, _STATES.WAITING}
    ),
    _STATES.SENT: frozenset(),
    _STATES.FAILED: frozenset({_STATES.WAITING}),
    _STATES.UNCERTAIN: frozenset({_STATES.WAITING}),
    # A reminder that is wanted again after it was called off.
    _STATES.CANCELLED: frozenset({_STATES.WAITING}),
}

FINISHED_STATES = (_STATES.SENT, _STATES.FAILED, _STATES.UNCERTAIN, _STATES.CANCELLED)


class NotificationReason(models.TextChoices):
    """Why a row was cancelled, failed, or was left uncertain."""

    OBSOLETE = "obsolete", _("Le rappel n’a plus lieu d’être")
    OVERTAKEN = "overtaken", _("Le message n’était plus vrai au moment de partir")
    PREFERENCE = "preference", _("La personne ne veut pas de ces messages")
    DIGEST = "digest", _("Mis dans le récapitulatif de la personne")
    REQUESTED = "requested", _("Annulé à la demande")
    NO_RECIPIENT = "no_recipient", _("Le compte est fermé ou l’adresse n’existe plus")
    REFUSED_BY_PROVIDER = ("refused_by_provider", _("Le serveur de messagerie a refusé pour de bon"))
    TRIED_TOO_OFTEN = "tried_too_often", _("Trop d’essais sans succès")
    NOT_RENDERED = "not_rendered", _("Le message n’a pas pu être écrit")
    NO_ANSWER = "no_answer", _("Pas de réponse : le message est peut-être parti")


class ErasureReason(models.TextChoices):
    """Why an account is erased."""

    REQUEST = "request", _("à la demande de la personne")
    INACTIVE = "inactive", _("compte sans activité")

"""Closed vocabularies of the app. Retired members stay: rows that hold them remain readable."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ConceptKind(models.TextChoices):
    JOB = "job", _("métier")
    TITLE = "title", _("appellation")
    SKILL = "skill", _("compétence")
    KNOWLEDGE = "knowledge", _("savoir")
    CONTEXT = "context", _("contexte de travail")
    GROUP = "group", _("groupe")
    AREA = "area", _("domaine")
    LEVEL = "level", _("niveau")
    STATEMENT = "statement", _("énoncé")


class LinkKind(models.TextChoices):
    """What a link says, read from its source to its target."""

    TITLE_OF = "title_of", _("appellation du métier")
    USES = "uses", _("demande")
    NEIGHBOUR = "neighbour", _("métier proche")
    PART_OF = "part_of", _("fait partie de")
    TAGGED = "tagged", _("classé dans")
    NEEDS = "needs", _("s’appuie sur")


class CoreFlag(models.TextChoices):
    """The flag of a `uses` link: ROME's coeur_metier, ESCO's relationType."""

    NONE = "", _("demandée")
    CORE = "principale", _("cœur de métier")
    EMERGING = "emergente", _("émergente")
    ESSENTIAL = "essential", _("essentielle")
    OPTIONAL = "optional", _("facultative")


class ChangeKind(models.TextChoices):
    """What happened to a concept between two neighbouring editions (definitions: docs/glossary.md)."""

    ADDED = "added", _("ajouté")
    REMOVED = "removed", _("retiré")
    RENAMED = "renamed", _("renommé")
    COSMETIC = "cosmetic", _("écrit autrement")
    RETAGGED = "retagged", _("étiquettes modifiées")
    MOVED = "moved", _("déplacé vers un autre métier")
    TOOK_LABEL_OF_OTHER = "took_label_of_other", _("a pris le nom d’un autre métier")
    RECYCLED = "recycled", _("code donné à un autre métier")
    LINKED = "linked", _("compétence ajoutée au métier")
    UNLINKED = "unlinked", _("compétence retirée du métier")
    REFLAGGED = "reflagged", _("place dans le métier modifiée")
    ORPHANED = "orphaned", _("plus demandée par aucun métier")
    RETYPED = "retyped", _("changé de nature")
    REPLACED = "replaced", _("remplacé")


class ReferenceFormat(models.TextChoices):
    ROME = "rome", "ROME"
    ESCO = "esco", "ESCO"
    DIGCOMP = "digcomp", "DigComp"
    OWN = "own", _("référentiel propre")


class EditionStatus(models.TextChoices):
    CURRENT = "current", _("en vigueur dans l’histoire")
    RETIRED = "retired", _("retirée")


class ImpactState(models.TextChoices):
    """How far the consequences of an edition on people's records have been worked out."""

    WAITING = "waiting", _("à évaluer")
    DONE = "done", _("évaluée")


class StatementSource(models.TextChoices):
    """Where a skill was acquired, in the person's own words."""

    JOB = "job", _("un emploi")
    STUDY = "study", _("mes études")
    TRAINING = "training", _("une formation")
    VOLUNTEERING = "volunteering", _("du bénévolat")
    PROJECT = "project", _("un projet")
    SELF_TAUGHT = "self_taught", _("seul ou seule")


class SkillWish(models.TextChoices):
    """Whether a person wants to use a skill, apart from how well they master it. Empty: not said."""

    USE = "use", _("j’ai envie de m’en servir")
    GROW = "grow", _("j’ai envie de progresser")
    AVOID = "avoid", _("je préfère ne plus m’en servir")


class CareerKind(models.TextChoices):
    """What a period of a path was. None is better than another."""

    WORK = "work", _("un travail")
    STUDY = "study", _("des études")
    TRAINING = "training", _("une formation")
    VOLUNTEERING = "volunteering", _("du bénévolat")
    COOPERATIVE = "cooperative", _("un projet en coopérative")
    CARING = "caring", _("aider un proche")
    PARENTAL = "parental", _("m’occuper d’un enfant")
    UNEMPLOYMENT = "unemployment", _("une recherche d’emploi")
    PAUSE = "pause", _("une pause")


class ContractType(models.TextChoices):
    """Under what a person worked: rights to training differ by it. Empty: not said."""

    CDI = "cdi", _("CDI")
    CDD = "cdd", _("CDD")
    INTERIM = "interim", _("intérim")
    APPRENTICESHIP = "apprenticeship", _("contrat d’apprentissage")
    PROFESSIONALISATION = "professionalisation", _("contrat de professionnalisation")
    PUBLIC = "public", _("fonction publique")
    SELF_EMPLOYED = "self_employed", _("travail indépendant")
    INTERMITTENT = "intermittent", _("intermittence du spectacle")
    CESU = "cesu", _("particulier employeur (CESU)")
    CAPE = "cape", _("CAPE, pour préparer une activité")
    CAE = "cae", _("coopérative d’activité et d’emploi, salarié ou salariée")
    IAE = "iae", _("insertion par l’activité économique")
    OTHER = "other", _("autre")


class DatePrecision(models.TextChoices):
    """How much of a date a person said."""

    DAY = "day", _("au jour")
    MONTH = "month", _("au mois")
    YEAR = "year", _("à l’année")


class CvSection(models.TextChoices):
    """The parts of a CV, in the order in which they are printed."""

    SUMMARY = "summary", _("présentation")
    WANTED = "wanted", _("métier visé")
    SKILLS = "skills", _("compétences")
    WORK = "work", _("expériences de travail")
    STUDY = "study", _("études et formations")
    VOLUNTEERING = "volunteering", _("bénévolat et engagements")
    CERTIFICATES = "certificates", _("certificats")


class JobUse(models.TextChoices):
    CURRENT = "current", _("mon métier actuel")
    WANTED = "wanted", _("le métier que je vise")


class RiskFamily(models.TextChoices):
    """Families of risk are never added up (docs/rules/risks.md)."""

    OBSOLESCENCE = "obsolescence", _("le référentiel a changé")
    EXPOSURE = "exposure", _("le travail change")
    FRAGILITY = "fragility", _("tient à peu de métiers")
    AGEING = "ageing", _("pas revue depuis longtemps")


class RiskRule(models.TextChoices):
    """Rules of the obsolescence family, the strongest first."""

    WITHDRAWN = "withdrawn", _("retirée du référentiel")
    ORPHANED = "orphaned", _("plus demandée par aucun métier")
    DROPPED_FROM_MY_JOB = "dropped_from_my_job", _("retirée de mon métier")
    DEMOTED_FROM_CORE = "demoted_from_core", _("sortie du cœur de mon métier")
    SHRINKING = "shrinking", _("demandée par moins de métiers")


class FlagEnd(models.TextChoices):
    """Why a flag was closed; a flag is never deleted."""

    NO_LONGER_TRUE = "no_longer_true", _("le référentiel a de nouveau changé")
    STRONGER = "stronger", _("remplacé par une raison plus forte")
    STATEMENT_REMOVED = "statement_removed", _("la compétence n’est plus dans le dossier")
    EDITION_RETIRED = "edition_retired", _("l’édition a été retirée")


class ExportKind(models.TextChoices):
    """Lists that a person may take away as a file."""

    CHANGES = "changes", _("ce que change une édition")
    SEARCH = "search", _("réponses d’une recherche")
    JOB_SKILLS = "job_skills", _("compétences d’un métier")
    STATEMENTS = "statements", _("mes compétences")
    STATEMENT_HISTORY = "statement_history", _("mes compétences et leur histoire")
    RESUME = "resume", _("mon CV en données (JSON Resume)")
    RECORD = "record", _("mon dossier entier")
    CASELOAD = "caseload", _("personnes que j’accompagne")


RECORD_EXPORTS = (ExportKind.STATEMENTS, ExportKind.STATEMENT_HISTORY, ExportKind.RESUME, ExportKind.RECORD)
"""Files of one record, for its person alone."""

OWN_EXPORTS = (*RECORD_EXPORTS, ExportKind.CASELOAD)
"""Files that belong to one person: those of their record, and the list of the people they accompany."""


class ExportFormat(models.TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "XLSX"
    JSON = "json", "JSON"


class ExportState(models.TextChoices):
    WAITING = "waiting", _("en attente")
    RUNNING = "running", _("en préparation")
    DONE = "done", _("prêt")
    FAILED = "failed", _("échoué")


class ProposalState(models.TextChoices):
    """What a person answered to a proposed successor."""

    WAITING = "waiting", _("en attente de votre réponse")
    ACCEPTED = "accepted", _("acceptée")
    REFUSED = "refused", _("refusée")
    WITHDRAWN = "withdrawn", _("retirée, l’édition ne compte plus")


class SignalKind(models.TextChoices):
    """What a source of signals holds."""

    CROSSWALK = "crosswalk", _("table de correspondance")
    EXPOSURE = "exposure", _("scores d’exposition")


class UploadFormat(models.TextChoices):
    """What is sent: an edition, by the format of its reference, or a table of signals, by the slug of its
    source."""

    ROME = ReferenceFormat.ROME.value, ReferenceFormat.ROME.label
    ESCO = ReferenceFormat.ESCO.value, ReferenceFormat.ESCO.label
    DIGCOMP = ReferenceFormat.DIGCOMP.value, ReferenceFormat.DIGCOMP.label
    OWN = ReferenceFormat.OWN.value, ReferenceFormat.OWN.label
    ROME_ISCO = "rome-isco", _("Table de correspondance ROME – ISCO-08")
    ILO = "ilo", _("OIT 2025, exposition des métiers à l’IA générative")


class UploadState(models.TextChoices):
    """How far an uploaded edition has come (models/uploads.py)."""

    WAITING = "waiting", _("en attente de lecture")
    READING = "reading", _("lecture en cours")
    READY = "ready", _("lu, à appliquer")
    APPLYING = "applying", _("application en cours")
    APPLIED = "applied", _("appliqué")
    REFUSED = "refused", _("refusé")
    FAILED = "failed", _("interrompu")
    EXPIRED = "expired", _("trop ancien, à renvoyer")


class EvidenceKind(models.TextChoices):
    """What a piece of evidence is."""

    FILE = "file", _("un fichier")
    LINK = "link", _("un lien")
    CERTIFICATE = "certificate", _("un certificat")


class FileKind(models.TextChoices):
    """Kinds of files that are taken; the value is the ending (rules/file_kinds.py)."""

    PDF = "pdf", "PDF"
    JPEG = "jpg", "JPEG"
    PNG = "png", "PNG"
    WEBP = "webp", "WebP"


class Capacity(models.TextChoices):
    """As what somebody gives a view of another person's skill."""

    ADVISER = "adviser", _("conseiller ou conseillère")
    EMPLOYER_MEMBER = "employer_member", _("membre de l’employeur")
    PEER = "peer", _("pair : collègue, client, bénévole")


class AttestationKind(models.TextChoices):
    """What somebody says of another person's skill."""

    CONFIRMED = "confirmed", _("confirmée")
    OBSERVED = "observed", _("observée")
    CERTIFIED = "certified", _("certifiée")


class ReviewState(models.TextChoices):
    """How far a review request has come; the moves are in rules/attestations.py."""

    WAITING = "waiting", _("en attente")
    IN_REVIEW = "in_review", _("en cours de lecture")
    ANSWERED = "answered", _("répondue")
    CLOSED = "closed", _("répondue, fermée")
    WITHDRAWN = "withdrawn", _("retirée")
    DECLINED = "declined", _("déclinée")


class SelfReviewAnswerKind(models.TextChoices):
    """What a person answered for one skill of a self-review."""

    CONFIRMED = "confirmed", _("confirmée")
    PLACED = "placed", _("niveau précisé")
    RAISED = "raised", _("niveau plus haut")
    LOWERED = "lowered", _("niveau plus bas")
    STOPPED = "stopped", _("plus pratiquée")
    SKIPPED = "skipped", _("passée")


class SelfReviewEnd(models.TextChoices):
    """How a self-review ended."""

    FINISHED = "finished", _("tout est répondu")
    STOPPED = "stopped", _("arrêtée par la personne")
    TOO_OLD = "too_old", _("restée ouverte trop longtemps")


class CareerAim(models.TextChoices):
    """What a person wants for their work, as they said on their first visit."""

    KEEP = "keep", _("garder mon métier")
    CHANGE = "change", _("changer de métier")
    UNSURE = "unsure", _("je ne sais pas encore")


class ToolsEase(models.TextChoices):
    """How at ease a person is with digital tools, as they said on their first visit."""

    AT_EASE = "at_ease", _("à l’aise : j’apprends seul ou seule un nouvel outil")
    DEPENDS = "depends", _("ça dépend : je me débrouille avec ceux que je connais")
    NEEDS_HELP = "needs_help", _("pas à l’aise : j’ai souvent besoin d’aide")


class ImportFormat(models.TextChoices):
    """What a person brings to their record."""

    CSV = "csv", "CSV"
    XLSX = "xlsx", "XLSX"
    RESUME = "resume", "JSON Resume"
    EUROPASS = "europass", "Europass"
    RECORD = "record", _("un dossier emporté d’ici")


class ImportState(models.TextChoices):
    """How far an import into a record has come (models/record_imports.py)."""

    MATCHING = "matching", _("lecture en cours")
    READY = "ready", _("à relire")
    DONE = "done", _("terminé")
    EXPIRED = "expired", _("trop ancien, à renvoyer")


class ImportedState(models.TextChoices):
    """What became of one proposal of an import."""

    WAITING = "waiting", _("à relire")
    DECLARED = "declared", _("ajoutée à votre dossier")
    LEFT = "left", _("laissée de côté")
    EXPIRED = "expired", _("trop ancienne")


class BilanState(models.TextChoices):
    """How far a bilan has come (rules/bilans.py has the moves)."""

    WISHED = "wished", _("souhaité")
    PREPARED = "prepared", _("préparé")
    PRELIMINARY = "preliminary", _("phase préliminaire")
    INVESTIGATION = "investigation", _("phase d’investigation")
    CONCLUSIONS = "conclusions", _("phase de conclusions")
    CLOSED = "closed", _("terminé")
    FOLLOW_UP = "follow_up", _("entretien de suivi fait")
    ABANDONED = "abandoned", _("abandonné")
    REFUSED = "refused", _("refusé")


class BilanRole(models.TextChoices):
    """In what capacity somebody moved a bilan."""

    PERSON = "person", _("la personne")
    ADVISER = "adviser", _("conseiller ou conseillère")
    MACHINE = "machine", _("Pérenne")


class Funder(models.TextChoices):
    """Who pays a bilan."""

    CPF = "cpf", _("compte personnel de formation (CPF)")
    PLAN = "plan", _("plan de développement des compétences de l’employeur")
    RECLASSIFICATION = "reclassification", _("congé de reclassement")
    FRANCE_TRAVAIL = "france_travail", _("France Travail")
    OTHER_PUBLIC = "other_public", _("autre financeur public ou mutualisé (région, OPCO, Agefiph…)")
    OWN = "own", _("moi-même")
    FREE = "free", _("personne : il est gratuit")


class ConventionAnswer(models.TextChoices):
    """What the person answered to the convention of three parties."""

    SIGNED = "signed", _("signée")
    REFUSED = "refused", _("refusée")


class AppointmentKind(models.TextChoices):
    """What an appointment is; accompaniment alone counts for what a funder pays."""

    ACCOMPANIMENT = "accompaniment", _("accompagnement")
    PERSONAL_WORK = "personal_work", _("travail personnel")


class AppointmentState(models.TextChoices):
    """What became of an appointment."""

    PLANNED = "planned", _("prévu")
    HELD = "held", _("fait")
    MISSED = "missed", _("manqué")
    CANCELLED = "cancelled", _("annulé")


class NoteVisibility(models.TextChoices):
    """Who reads a note: its author alone, or the person and who accompanies them too."""

    PRIVATE = "private", _("note personnelle")
    SHARED = "shared", _("note partagée")


class DocumentKind(models.TextChoices):
    """What a document of a bilan is."""

    SYNTHESIS = "synthesis", _("document de synthèse")
    RESULTS = "results", _("résultats détaillés")
    CONVENTION = "convention", _("convention")
    OTHER = "other", _("autre document")


class KeptReason(models.TextChoices):
    """Why a document outlives its bilan; without one of these it is destroyed at the end."""

    CEP = "cep", _("synthèse demandée pour le conseil en évolution professionnelle")
    FOLLOW_UP = "follow_up", _("accord écrit pour un suivi")


class DestroyedFor(models.TextChoices):
    """Why a document was destroyed."""

    END = "end", _("fin du bilan")
    DATE = "date", _("date prévue atteinte")
    REQUEST = "request", _("à la demande de la personne")

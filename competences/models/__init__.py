from competences.models.bilans import BilanPlan
from competences.models.cvs import Cv
from competences.models.exports import Export
from competences.models.jobs import OrganisationJob, WorkerJob
from competences.models.records import SkillRevision, SkillStatement
from competences.models.references import (
    OPEN,
    Change,
    Concept,
    ConceptLink,
    ConceptRevision,
    ConceptTranslation,
    Edition,
    EditionSource,
    Reference,
)
from competences.models.risks import RiskFlag, SuccessorProposal
from competences.models.signals import CrosswalkRow, ExposureScore, SignalSource
from competences.models.uploads import Upload, UploadFile, UploadPart

__all__ = [
    "OPEN",
    "BilanPlan",
    "Change",
    "Concept",
    "ConceptLink",
    "ConceptRevision",
    "ConceptTranslation",
    "CrosswalkRow",
    "Cv",
    "Edition",
    "EditionSource",
    "Export",
    "ExposureScore",
    "OrganisationJob",
    "Reference",
    "RiskFlag",
    "SignalSource",
    "SkillRevision",
    "SkillStatement",
    "SuccessorProposal",
    "Upload",
    "UploadFile",
    "UploadPart",
    "WorkerJob",
]

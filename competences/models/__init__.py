from competences.models.appointments import Appointment
from competences.models.assessments import AssessmentAnswer, Instrument, SelfAssessment
from competences.models.attestations import Attestation, ReviewMove, ReviewRequest
from competences.models.bilans import Bilan, BilanMove, BilanPlan
from competences.models.career import CareerPeriod
from competences.models.caseload import CaseloadVisit, Coordinator, SavedFilter
from competences.models.cvs import Cv
from competences.models.documents import BilanDocument, DestroyedDocument, DocumentVersion
from competences.models.evidence import Evidence
from competences.models.exports import Export
from competences.models.first_use import FirstUse
from competences.models.jobs import OrganisationJob, WorkerJob
from competences.models.notes import AdviserMessage, MessageTemplate, Note
from competences.models.record_imports import ImportedSkill, RecordImport
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
from competences.models.self_reviews import SelfReview, SelfReviewAnswer, SelfReviewPlan
from competences.models.signals import CrosswalkRow, ExposureScore, SignalSource
from competences.models.uploads import Upload, UploadFile, UploadPart

__all__ = [
    "OPEN",
    "AdviserMessage",
    "Appointment",
    "AssessmentAnswer",
    "Attestation",
    "Bilan",
    "BilanDocument",
    "BilanMove",
    "BilanPlan",
    "CareerPeriod",
    "CaseloadVisit",
    "Change",
    "Concept",
    "ConceptLink",
    "ConceptRevision",
    "ConceptTranslation",
    "Coordinator",
    "CrosswalkRow",
    "Cv",
    "DestroyedDocument",
    "DocumentVersion",
    "Edition",
    "EditionSource",
    "Evidence",
    "Export",
    "ExposureScore",
    "FirstUse",
    "ImportedSkill",
    "Instrument",
    "MessageTemplate",
    "Note",
    "OrganisationJob",
    "RecordImport",
    "Reference",
    "ReviewMove",
    "ReviewRequest",
    "RiskFlag",
    "SavedFilter",
    "SelfAssessment",
    "SelfReview",
    "SelfReviewAnswer",
    "SelfReviewPlan",
    "SignalSource",
    "SkillRevision",
    "SkillStatement",
    "SuccessorProposal",
    "Upload",
    "UploadFile",
    "UploadPart",
    "WorkerJob",
]

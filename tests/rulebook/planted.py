"""Slips of the pen, one for each rule of the checker: what is written instead of what."""

from dataclasses import dataclass

DISTRICT = "oestjylland/district.yaml"
INFOHUS, PSP = "programmes/infohus.yaml", "programmes/psp.yaml"
UKN, EXIT = "programmes/ukn.yaml", "programmes/bandeexit.yaml"
PURPOSES, SCHEMA = "purposes.yaml", "policies/schema.cedarschema"
PARTIES, ACTS = "policies/parties.cedar", "policies/acts.cedar"


@dataclass(frozen=True)
class Planted:
    """A slip, and the rule that finds it on the line of ``at``.

    ``at`` is looked for backwards from the end of the new text; by default it is its first line.
    """

    rule: str
    file: str
    old: str
    new: str
    at: str = ""

    def spoil(self, text: str) -> tuple[str, int]:
        """The spoilt text, and the line (from 1) on which the slip is to be found."""
        assert self.old in text, self.old
        start = text.index(self.old)
        spoilt = text.replace(self.old, self.new, 1)
        at = self.at or self.new.strip().splitlines()[0]
        return spoilt, spoilt.count("\n", 0, spoilt.rindex(at, 0, start + len(self.new))) + 1


SECOND_GATE = """
  - id: second
    da: Endnu et tjek
    en: Another check
    before: [let_in]
    by: [infohus_police]
    results:
      - {id: fine, passes: true, da: I orden, en: Fine, source: example}
    source: example
"""
CONSENT = """consent:
  forms: [written]
  da: Kandidaten underskriver en samtykkeerklæring, før myndighederne deler oplysninger.
  en: The candidate signs a declaration of consent before the authorities share information.
  source: law §6
"""
ODDER = "municipality: odder-kommune\n    forum: unknown\n"
DECIDED = ODDER.replace("unknown", "infohus-aarhus")
OTHER = ODDER.replace("odder", "aarhus")
LED_READS = "  led:\n    days: unknown\n"
OWN = "municipality: aarhus-kommune\n    forum: infohus-aarhus\n"
MISTYPED = OWN.replace("infohus-", "infohuus-")
OLD = ODDER + "    valid_to: 2020-01-01\n"
JUNE = "month: 6\n    day: 5\n"
SSP_ODDER = "id: odder-ssp\n    authority: odder-kommune\n"
PSP_ODDER = "kind: psp\n    territory: [odder-kommune]\n"
NAME = "source: plan §18; law §7\nexistence"
INTAKE_ODDER = "intake: oestjyllands-politi-psp-odder"
TO_EXIT = "to: {unit_kind: exit_unit}"
YOUNGEST = "lowest: 0\n          highest: 9\n"
SYDDANMARK = "unit: region-syddanmark-psykiatri"
DOCKET = "dockets:\n  psp:\n"
OF_UKN = """dockets:
  ukn:
    postponement_reasons: []
    return_reasons: []
    source: example
"""

READING = (
    Planted("yaml", DISTRICT, "coverage:\n", "coverage: [\n  ]]\n", "]]"),
    Planted("duplicate-key", PSP, "existence: open\n", "existence: open\nid: psp\n", "id: psp"),
)
FORM = (
    Planted("missing-key", PSP, "existence: open\n", "", "id: psp"),
    Planted("missing-source", DISTRICT, JUNE + "    source: example\n", JUNE, "- id"),
    Planted("missing-text", PSP, "      en: Name\n", "", "- id"),
    Planted("missing-text", PSP, "      en: Name\n", '      en: ""\n'),
    Planted("missing-category", PSP, "      category: health\n", "", "- id"),
    Planted("unknown-key", PSP, "existence: open\n", "existence: open\nage: 18\n", "age: 18"),
    Planted("unknown-value", PSP, "existence: open\n", "existence: sometimes\n"),
    Planted("unknown-value", DISTRICT, "regime: led\n", "regime: pet\n"),
    Planted("unknown-value", PSP, "field_categories: [contact]", "field_categories: [identity]"),
    Planted("wrong-type", DISTRICT, "month: 6\n", "month: sommer\n"),
    Planted("wrong-type", DISTRICT, "    units: unknown\n", "    units: ukendt\n"),
    Planted("date-format", DISTRICT, "valid_from: 2021-01-26", "valid_from: 26-01-2021"),
    Planted("source-form", PSP, NAME, "source: min kollega\nexistence"),
    Planted("ill-written", DISTRICT, "  - id: odder-ssp\n", "  - id: Odder SSP\n"),
    Planted("unknown-move", INFOHUS, "before: [let_in]", "before: [publish]"),
)
NAMES = (
    Planted("duplicate-id", DISTRICT, "  - id: odder-ssp\n", "  - id: favrskov-ssp\n"),
    Planted("duplicate-id", DISTRICT, "  - id: psp-odder\n", "  - id: odder-ssp\n"),
    Planted("duplicate-id", PSP, "    - id: health\n", "    - id: name\n"),
    Planted("unknown-authority", DISTRICT, SSP_ODDER, SSP_ODDER.replace("r-k", "-k"), "authority"),
    Planted("unknown-kind", DISTRICT, "    kind: exit_unit\n", "    kind: exitunit\n"),
    Planted("unknown-kind", UKN, "from: [court]", "from: [courts]"),
    Planted("unknown-kind", EXIT, TO_EXIT, "to: {unit_kind: exit}"),
    Planted("unknown-kind", INFOHUS, "by: [infohus_police]", "by: [police]"),
    Planted("unknown-kind", INFOHUS, "unit_kinds: [ssp, fam", "unit_kinds: [ssp2, fam"),
    Planted("unknown-territory", DISTRICT, PSP_ODDER, PSP_ODDER.replace("r-k", "-k"), "territory"),
    Planted("unknown-hours", DISTRICT, "    on_call: doegnet\n", "    on_call: altid\n"),
    Planted("unknown-office", DISTRICT, "stands_in_for: mayor", "stands_in_for: major"),
    Planted("unknown-unit", DISTRICT, SYDDANMARK, "unit: region-syd"),
    Planted("unknown-forum", DISTRICT, OWN, MISTYPED, "forum"),
    Planted("unknown-municipality", DISTRICT, ODDER, ODDER.replace("r-k", "-k")),
    Planted("unknown-basis", PSP, "bases: [rpl-115-1-2]", "bases: [rpl-115-1-9]"),
    Planted("unknown-purpose", PSP, "purposes: [hjaelp-og", "purposes: [hjalp-og"),
    Planted("file-name", PSP, "id: psp\n", "id: psp2\n"),
)
WHO_IS_WHO = (
    Planted("dates-reversed", DISTRICT, ODDER, OLD, "valid_to"),
    Planted("no-such-day", DISTRICT, JUNE, "month: 6\n    day: 31\n", "day: 31"),
    Planted("hours-reversed", DISTRICT, '["08:00-14:00"]', '["14:00-08:00"]'),
    Planted("nowhere-held", DISTRICT, "    in_units: [oversight]\n", "", "- id"),
    Planted("undecided-coverage", DISTRICT, ODDER, DECIDED, "forum"),
    Planted("undecided-retention", DISTRICT, LED_READS, "  led:\n    days: 365\n", "days"),
    Planted("missing-coverage", DISTRICT, ODDER, OTHER, "- id: odder-kommune"),
    Planted("intake-not-member", DISTRICT, "intake: ukn-sekretariat", "intake: retskredsene"),
    Planted("shared-intake", DISTRICT, INTAKE_ODDER, INTAKE_ODDER.replace("odder", "randers")),
    Planted("psp-intake", DISTRICT, INTAKE_ODDER, "intake: odder-familieafdeling"),
    Planted("psp-members", DISTRICT, SYDDANMARK, "unit: odder-ssp", "    units:"),
    Planted(
        "psp-count", DISTRICT, PSP_ODDER, "kind: psp\n    territory: []\n", "id: odder-kommune"
    ),
)
DOCKETS = (
    Planted("unknown-value", DISTRICT, DOCKET, "dockets:\n  ppsp:\n", "ppsp:"),
    Planted("infohus-docket", DISTRICT, DOCKET, "dockets:\n  infohus:\n", "infohus:"),
    Planted("no-reasons", DISTRICT, "dockets:\n", OF_UKN, "postponement_reasons: []"),
    Planted("no-reasons", DISTRICT, "dockets:\n", OF_UKN, "return_reasons: []"),
    Planted("duplicate-id", DISTRICT, "id: somebody_missing", "id: no_time"),
    Planted("duplicate-id", DISTRICT, "id: another_forum", "id: criteria_not_met"),
    Planted("missing-text", DISTRICT, "        en: The meeting did not get to it\n", "", "- id"),
    Planted("missing-text", DISTRICT, "da: Mødet nåede ikke til punktet", 'da: ""'),
)
PROGRAMMES = (
    Planted("addressee-form", EXIT, TO_EXIT, "to: {unit_kind: exit_unit, forum_kind: psp}"),
    Planted("addressee-form", EXIT, TO_EXIT, "to: {}"),
    Planted("addressee-form", EXIT, TO_EXIT, "to: {outside: true, unit_kind: exit_unit}"),
    Planted("closed-route", UKN, "from: [court]", "from: []"),
    Planted("overlapping-routes", PSP, "[prison_probation]", "[prison_probation, ssp]"),
    Planted("age-gap", UKN, YOUNGEST, YOUNGEST.replace("9", "8"), "otherwise"),
    Planted("age-gap", UKN, YOUNGEST, YOUNGEST.replace("9", "10"), "otherwise"),
    Planted("ages-outside", UKN, "lowest: 10\n", "lowest: 9\n", "ages:"),
    Planted("investigation-purpose", PSP, "en: That a ", "en: Investigation, so that a ", "- id"),
    Planted("missing-consent", EXIT, CONSENT, "", "requires: consent"),
    Planted("gate-never-opens", INFOHUS, "passes: true", "passes: false", "results"),
    Planted("two-gates", INFOHUS, "\nlet_in:\n", SECOND_GATE + "\nlet_in:\n", "before"),
    Planted("invalid-schema", PSP, "maxLength: 200}", "maxLength: lang}"),
    Planted("invalid-schema", UKN, "{required: [risk_assessment]}", "{required: risk}", "- if"),
    Planted("unknown-keyword", PSP, "maxLength: 200}", "maxLenght: 200}"),
    Planted("unknown-keyword", PSP, "          enum:\n", "          enumm:\n"),
    Planted("unknown-keyword", UKN, "{const: anden_alvorlig}", "{$ref: other}"),
    Planted("missing-date-field", UKN, "id: act_date", "id: gerningsdato", "fields:"),
)
TO_PSYCHIATRY = "unit_kinds: [psychiatry]"
HOLDER_SEES = "[identity, contact, family, health,"
SENDER_SEES = "social, health, free_text, administrative]"
LET_IN_SEES = "[identity, contact, crime, administrative]"
TO_PRISON = "unit_kinds: [prison_probation]"
HOLDERS = "  - role: holder\n    unit_kinds:\n      - psp_police\n"
EXIT_HOLDERS = "- role: holder\n    unit_kinds: [exit_unit, exit_contact,"
GLASS = "  offices: [leader, tovholder]\n"
EXIT_GLASS = "break_glass: {offices: [leader], hours: 3, source: example}\n"
LEAVING = "leaving:\n  bases:\n"
BASIS_UKN = "s. 11 (the police refer ages 10-14)\n"
LIFE = "da: Fare for liv"
OUTCOME = "da: Drøftet uden behov for handling"
SHARING = (
    Planted("missing-key", PSP, "space: psychiatry_social\n", "", "id: psp"),
    Planted("missing-key", PSP, "members: named\n", "", "id: psp"),
    Planted("missing-key", PSP, "disclosure:\n", "", "id: psp"),
    Planted("unknown-value", PSP, "space: psychiatry_social", "space: psp"),
    Planted("unknown-value", PSP, "members: named", "members: everybody"),
    Planted("unknown-kind", PSP, TO_PSYCHIATRY, "unit_kinds: [psykiatri]"),
    Planted("shadowed-disclosure", PSP, TO_PRISON, "unit_kinds: [psychiatry]", "- role: let_in"),
    Planted("hidden-form", PSP, HOLDER_SEES, "[identity, contact, family,", "- role: holder"),
    Planted("no-envelope", PSP, SENDER_SEES, "social, health, free_text]"),
    Planted("no-envelope", UKN, LET_IN_SEES, "[identity, contact, crime]"),
    Planted("wrong-type", PSP, TO_PSYCHIATRY, "unit_kinds: []"),
    Planted("blind-guest", INFOHUS, "unit_kinds: [ssp, family", "unit_kinds: [exit_unit, family"),
    Planted("blind-holder", PSP, HOLDERS, HOLDERS.replace("psp_police", "ssp"), "to: {forum_kind"),
    Planted("blind-holder", EXIT, EXIT_HOLDERS, EXIT_HOLDERS.replace("exit_unit, ", ""), TO_EXIT),
    Planted("blind-sender", EXIT, "from: [exit_contact,", "from: [psp_police, exit_contact,"),
)
SAFEGUARDS = (
    Planted("open-exit", EXIT, "existence: secret\n", "existence: open\n"),
    Planted("long-glass", PSP, "  hours: 3\n", "  hours: 4\n"),
    Planted("wrong-type", PSP, "  hours: 3\n", "  hours: 0\n"),
    Planted("glass-never", EXIT, LEAVING, EXIT_GLASS + LEAVING),
    Planted("unknown-office", PSP, GLASS, "  offices: [leader, chef]\n"),
    Planted("named-stand-in", PSP, GLASS, "  offices: [leader, stand_in]\n"),
    Planted("unknown-office", UKN, "named_offices: [leader]", "named_offices: [chef]"),
    Planted("unknown-office", PSP, "approver_offices: [leader]", "approver_offices: [chef]"),
    Planted("wrong-type", PSP, "approval_hours: 24", "approval_hours: 25"),
    Planted("missing-leaving", UKN, BASIS_UKN, BASIS_UKN + "    section_115: true\n", "bases:"),
    Planted("duplicate-id", PSP, "id: underretning-om-barn", "id: afvaerge-forbrydelse"),
    Planted("investigation-purpose", PSP, LIFE, "da: Efterforskning ved fare", "- id"),
    Planted("investigation-purpose", DISTRICT, "da: Tovholder\n", "da: Efterforsker\n", "- id"),
    Planted("investigation-purpose", DISTRICT, "da: Exit-enhed\n", "da: Efterforskning\n", "- id"),
    Planted("investigation-purpose", PSP, OUTCOME, "da: Til efterforskning", "- id"),
)
AUDIT_WITHIN = "- id: audit\n    within: control"
EMERGENCY = "- id: emergency\n    within: prevention\n"
CONTROL = "    en: Control of how information is processed\n"
READINGS = (
    Planted("duplicate-id", PURPOSES, "- id: insight\n", "- id: audit\n"),
    Planted("unknown-purpose", PURPOSES, AUDIT_WITHIN, AUDIT_WITHIN + "s", "within"),
    Planted("unknown-office", PURPOSES, "offices: [auditor]", "offices: [revisor]"),
    Planted("chosen-group", PURPOSES, CONTROL, CONTROL + "    offices: [dpo]\n", "offices"),
    Planted(
        "purpose-loop", PURPOSES, EMERGENCY, "- id: emergency\n    within: emergency\n", "within"
    ),
    Planted("investigation-purpose", PURPOSES, "da: Revision af", "da: Efterforskning af", "- id"),
    Planted("missing-source", PURPOSES, "    source: law §2\n", "", "- id"),
)
FIRST = '@id("party-sees-own-case")'
ROLE = '["sender", "holder"].contains(context.role)'


def policy(rule: str, old: str, new: str, at: str = FIRST) -> Planted:
    """A slip in the first policy on parties, found where that policy begins."""
    return Planted(rule, PARTIES, old, new, at)


def condition(rule: str, instead: str) -> Planted:
    """A condition that a class policy cannot have, instead of the one on the role."""
    return policy(rule, ROLE, instead)


POLICIES = (
    Planted("wrong-schema", SCHEMA, "  day: Long,\n", "  dag: Long,\n", "// Hvad"),
    Planted("wrong-schema", SCHEMA, "  day: Long,\n", "  day: Long;\n", "// Hvad"),
    policy("cedar-syntax", "permit (principal,", "permits (principal,"),
    policy("cedar-syntax", ROLE, "context.role is_not 7", "context.role is_not"),
    policy("missing-text", FIRST, '@name("party-sees-own-case")', "@name"),
    policy("missing-text", '@da("Den, der sender, ', '@dansk("Den, der sender, '),
    policy("missing-text", '@en("Whoever sends and', '@english("Whoever sends and'),
    policy("ill-written", FIRST, '@id("Party sees")', "@id"),
    policy("duplicate-id", '@id("let-in-sees-shared-case")', FIRST),
    policy("investigation-purpose", '@en("Whoever sends', '@en("For investigation whoever sends'),
    condition("strange-attribute", 'context.weather == "fine"'),
    condition("strange-attribute", 'resource.owner == "me"'),
    condition("strange-attribute", 'context == "sender"'),
    condition("strange-form", 'context.role like "send*"'),
    condition("strange-form", "context has role"),
    condition("strange-form", "context.role == context.space"),
    condition("strange-form", "principal is Office"),
    condition("strange-form", "(if true then true else false)"),
    policy("strange-form", "permit (principal,", "permit (principal == ?principal,"),
    policy("strange-form", "permit (principal,", "permit (principal is Office,"),
    condition("strange-entity", 'principal == Purpose::"audit"'),
    condition("strange-entity", 'resource == Referral::"18"'),
    condition("strange-entity", 'context.purpose in Office::"leader"'),
    condition("wrong-value", 'context.day == "today"'),
    condition("wrong-value", "context.role == 7"),
    condition("no-such-day", "context.day >= 2019"),
    condition("policy-invalid", 'context.role < "sender"'),
    condition("unknown-role", 'context.role == "helper"'),
    condition("unknown-space", 'context.space == "ssp"'),
    condition("unknown-existence", 'context.existence == "hidden"'),
    condition("unknown-category", 'resource == Category::"money"'),
    condition("unknown-purpose", 'context.purpose == Purpose::"curiosity"'),
    condition("unknown-action", 'action == Action::"delete"'),
    condition("unknown-office", 'principal == Office::"king"'),
    condition("named-stand-in", 'principal == Office::"stand_in"'),
    condition("names-programme", 'context.space == "infohus"'),
    condition("names-programme", '!(context.space == "psp")'),
)
PLANTED = (
    *(READING + FORM + NAMES + WHO_IS_WHO + DOCKETS + PROGRAMMES),
    *(SHARING + SAFEGUARDS + READINGS + POLICIES),
)

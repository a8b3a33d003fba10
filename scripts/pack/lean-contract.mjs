/** The messages that travel both ways, or that receivers use for themselves. */
const BOTH_WAYS = /^callback(Request|Response)$/;

/**
 * The contract's code with what a client does alone: it encodes requests and decodes answers. Fields that are not known are
 * dropped, and numbers of 64 bits are never objects.
 */
export function leanContract(code) {
  const lean = withoutClasses(withoutUnused(withoutOtherWay(withoutChecks(withoutUnknown(code)))))
    // What is inherited is the default, and that is left out anyway.
    .replace(/ && \$Object\.hasOwnProperty\.call\(message, "\w+"\)/g, '');
  if (/\$unknowns|\.low\b|\bLong\b/.test(lean)) throw new Error('the contract has in it what should be gone');
  return lean;
}

function withoutUnknown(code) {
  return code
    .replace(/^ *if \(message\.\$unknowns != null .*\n.*\n.*;\n/gm, '')
    .replace(/^ *if \(!reader\.discardUnknown\) \{\n.*\n.*\n *\}\n/gm, '')
    .replace(/^ *let start = reader\.pos;\n/gm, '')
    .replace(/\(typeof (\S+) === "object" \? .*? : (.*?)\)(?=\)$)/gm, '$2')
    .replace(/if \(typeof \((value = .*?)\) === "object" \? .*? : .*\)$/gm, 'if (($1) !== 0)')
    .replace(/\$util\.Long \? .* : 0;/g, '0;');
}

/** Proto3 has no groups, no message of the contract has itself in it, and `_name` of an optional field is for reflection. */
function withoutChecks(code) {
  return code
    .replace(/^ *if \(_depth > .*\)\n.*;\n/gm, '')
    .replace(/^ *if \(tag === _end\) \{\n.*\n.*\n *\}\n/gm, '')
    .replace(/^ *if \(_end !== \$undefined\)\n.*;\n/gm, '')
    .replace(/^ *\/\/ Virtual OneOf .*\n.*"_\w+", \{\n.*\n.*\n *\}\);\n/gm, '');
}

/** Envelopes carry requests one way and answers the other. */
function withoutOtherWay(code) {
  const isAnswer = (field) => field.endsWith('Response');
  return code
    .replace(/^ *if \(message\.\w+ != null .*\n *\S+\.encode\(message\.(\w+), .*\n/gm, (text, field) =>
      isAnswer(field) && !BOTH_WAYS.test(field) ? '' : text,
    )
    .replace(/^ *case \d+: \{\n.*\n.*\n.*\n *message\.payload = "(\w+)";\n.*\n *\}\n/gm, (text, field) =>
      isAnswer(field) || BOTH_WAYS.test(field) ? text : '',
    );
}

/** Without the functions that no other one calls. */
function withoutUnused(code) {
  const isUsed = (name) =>
    /^(BoomerangEnvelope|Callback(Request|Response))\./.test(name) || code.includes(`.${name}(`);
  const less = code.replace(/^ {8}(\w+\.(?:en|de)code) = function .*\n(?:.*\n)*? {8}\};\n/gm, (text, name) =>
    isUsed(name) ? text : '',
  );
  return less === code ? code : withoutUnused(less);
}

/** What is only encoded may be any object: its class needs no defaults and no constructor. */
function withoutClasses(code) {
  return code.replace(/^ {4}boomerang\.(\w+) = \(function\(\) \{\n.*?^ {4}\}\)\(\);\n/gms, (text, name) =>
    text.includes(`${name}.decode = `) || name === 'BoomerangEnvelope'
      ? text
      : text
          .replace(/^( {8}const \w+ = function \(properties\) \{\n).*?^( {8}\};\n)/ms, '$1$2')
          .replace(/^ {8}\w+\.prototype\.\w+ = .*\n/gm, '')
          .replace(/^ {8}let \$oneOfFields;\n/gm, ''),
  );
}

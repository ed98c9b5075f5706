package dev.septet.dsl.bind;

import dev.septet.dsl.expression.Expression;
import dev.septet.dsl.parse.SourceTerm;
import dev.septet.dsl.pipeline.ExpressionSpec;
import dev.septet.dsl.problem.Nearest;
import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.problem.Quote;
import dev.septet.dsl.problem.SourceLocation;
import dev.septet.dsl.vocabulary.FileDsl;
import dev.septet.dsl.vocabulary.Words;
import dev.septet.dsl.vocabulary.word.ValueType;
import dev.septet.dsl.vocabulary.word.Word;
import dev.septet.dsl.vocabulary.word.WordParameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Converts one value to the type that a word takes. */
final class ValueBinder {
    private final Binding binding;
    private final Problems problems;
    private final NameScope scope;
    private final Constants constants;
    private final Evaluator evaluator;

    ValueBinder(Binding binding, NameScope scope, Constants constants) {
        this.binding = binding;
        this.problems = binding.problems();
        this.scope = scope;
        this.constants = constants;
        evaluator = new Evaluator(problems, constants);
    }

    /**
     * The value as the slot's Java class; empty when it does not fit, with its problem reported.
     *
     * @param label the word or option that takes it, as the author wrote it, such as {@code checkpoint every:}
     */
    Optional<Object> bind(SourceTerm term, WordParameter slot, String label, String wordPath) {
        if (term instanceof SourceTerm.Refused) {
            return Optional.empty();
        } else if (term instanceof SourceTerm.Ternary ternary) {
            return evaluator
                    .condition(ternary.condition(), "`?`")
                    .flatMap(yes -> bind(yes ? ternary.then() : ternary.otherwise(), slot, label, wordPath));
        }
        return switch (slot.type().kind()) {
            case WORD -> word(term, slot, label, wordPath);
            case NOUN -> enumName(term, slot, label, wordPath);
            case NOUNS -> enumNames(term, slot, label, wordPath);
            case WORDS -> words(term, slot, label, wordPath);
            case EXPRESSION, EXPRESSIONS -> expression(term, slot, label);
            default -> plain(term, slot, label);
        };
    }

    /** An expression over a row, in its canonical form and with its location. */
    private Optional<Object> expression(SourceTerm term, WordParameter slot, String label) {
        if (!(term instanceof SourceTerm.PerRow perRow)) {
            return mismatch(term.at(), slot, label, "a value without braces", "Write it in braces.");
        }
        return Expression.check(perRow, slot.rowExpression().orElseThrow(), evaluator::value, problems)
                .map(text -> new ExpressionSpec(
                        text,
                        fileName(perRow.at().file()),
                        perRow.expression().at().line(),
                        perRow.expression().at().column()));
    }

    /** The file's name only: its folder is not part of the spec. */
    private static String fileName(String file) {
        return file.substring(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
    }

    private Optional<Object> plain(SourceTerm term, WordParameter slot, String label) {
        if (term instanceof SourceTerm.PerRow) {
            return mismatch(term.at(), slot, label, "an expression in braces", "");
        }
        if (term instanceof SourceTerm.Call call && !call.word().equals("param")) {
            return mismatch(call.at(), slot, label, "`" + call.word() + "(...)`", secretHint(call.word()));
        }
        Optional<Object> value = term instanceof SourceTerm.Name name
                ? evaluator.constant(name, bareWordHint(name, slot))
                : evaluator.value(term);
        if (value.isEmpty()) {
            return value;
        }
        ValueFitting.Fitted fitted = ValueFitting.to(slot.type(), value.get());
        if (fitted.value().isEmpty()) {
            return mismatch(
                    term.at(),
                    slot,
                    label,
                    fitted.instead().isEmpty() ? Kinds.describe(value.get()) : fitted.instead(),
                    "");
        }
        return slot.path().isPresent() && value.get() instanceof String text
                ? path(text, term.at(), slot)
                : fitted.value();
    }

    /** Where {@code secret} is allowed: only where its value never becomes part of the spec. */
    static String secretHint(String word) {
        return word.equals("secret")
                ? "A secret is allowed in %s only."
                        .formatted(String.join(
                                " and ",
                                Words.of(FileDsl.class).wordsAccepting("secret").stream()
                                        .map(taker -> "`" + taker + "`")
                                        .toList()))
                : "";
    }

    private static String bareWordHint(SourceTerm.Name name, WordParameter slot) {
        return slot.type().kind() == ValueType.Kind.TEXT ? "Write text in quotes: `'%s'`.".formatted(name.name()) : "";
    }

    private Optional<Object> path(String text, SourceLocation at, WordParameter slot) {
        var objection = slot.path().flatMap(place -> binding.paths().check(text, place));
        objection.ifPresent(o -> problems.add(ProblemId.PATH, at, o.message(), o.hint()));
        if (objection.isEmpty()) {
            slot.path()
                    .flatMap(place -> binding.paths().remark(text, place))
                    .ifPresent(o -> problems.add(ProblemId.OUTSIDE, at, o.message(), o.hint()));
        }
        return objection.isPresent() ? Optional.empty() : Optional.of(text);
    }

    /** A name from a closed list, or a constant whose text is such a name. */
    private Optional<Object> enumName(SourceTerm term, WordParameter slot, String label, String wordPath) {
        List<String> enumNames = scope.words().enumNames(slot.type());
        Optional<SourceTerm.Call> extension = extension(term, slot);
        if (extension.isPresent()) {
            SourceTerm.Call call = extension.get();
            Word word = scope.words().value(call.word()).orElseThrow();
            return new CallBinder(binding, scope, constants).value(word, call, wordPath + call.word() + ".");
        }
        if (term instanceof SourceTerm.Name name) {
            Optional<Object> enumName = slot.type().enumValue(name.name());
            if (enumName.isPresent() || !evaluator.isConstant(name.name())) {
                return enumName.isPresent()
                        ? enumName
                        : mismatch(
                                name.at(),
                                slot,
                                label,
                                Quote.code(name.name()),
                                ForeignTerms.ofValue(name.name(), slot.type().java())
                                        .orElseGet(() -> nearest(name.name(), enumNames, slot)));
            }
        }
        if (term instanceof SourceTerm.Text text && enumNames.contains(text.value())) {
            return mismatch(
                    term.at(),
                    slot,
                    label,
                    "text in quotes",
                    "Write %s without quotes.".formatted(Quote.code(text.value())));
        }
        if (term instanceof SourceTerm.Call call) {
            String hint = slot.type().enumValue(call.word()).isPresent()
                    ? "Write %s without parentheses.".formatted(Quote.code(call.word()))
                    : slot.type().open() ? nearest(call.word(), enumNames, slot) : "";
            return mismatch(call.at(), slot, label, "`" + call.word() + "(...)`", hint);
        }
        Optional<Object> value = evaluator.value(term);
        if (value.isEmpty()) {
            return value;
        }
        Optional<Object> enumName =
                value.get() instanceof String text ? slot.type().enumValue(text) : Optional.empty();
        return enumName.isPresent() ? enumName : mismatch(term.at(), slot, label, Kinds.describe(value.get()), "");
    }

    /** A jar's word among those of the list: bare, or with its options in parentheses. */
    private Optional<SourceTerm.Call> extension(SourceTerm term, WordParameter slot) {
        if (!slot.type().open()) {
            return Optional.empty();
        }
        Optional<SourceTerm.Call> call = term instanceof SourceTerm.Call written
                ? Optional.of(written)
                : term instanceof SourceTerm.Name name && !evaluator.isConstant(name.name())
                        ? Optional.of(new SourceTerm.Call(
                                name.name(), name.at(), List.of(), List.of(), Optional.empty(), name.at()))
                        : Optional.empty();
        return call.filter(c -> scope.words().values(slot.type().java()).stream()
                .anyMatch(word -> word.name().equals(c.word())));
    }

    /** Names from a closed list, in brackets when there are several. */
    private Optional<Object> enumNames(SourceTerm term, WordParameter slot, String label, String wordPath) {
        List<SourceTerm> items = term instanceof SourceTerm.Items list ? list.items() : List.of(term);
        var enumNames = new ArrayList<Object>();
        for (SourceTerm item : items) {
            enumName(item, slot, label, wordPath).ifPresent(enumNames::add);
        }
        return enumNames.size() == items.size() ? Optional.of(enumNames) : Optional.empty();
    }

    /** Words with their own values, in brackets when there are several. */
    private Optional<Object> words(SourceTerm term, WordParameter slot, String label, String wordPath) {
        List<SourceTerm> items = term instanceof SourceTerm.Items list ? list.items() : List.of(term);
        var values = new ArrayList<Object>();
        for (SourceTerm item : items) {
            if (!(item instanceof SourceTerm.Refused)) {
                word(item, slot, label, wordPath).ifPresent(values::add);
            }
        }
        return values.size() == items.size() ? Optional.of(values) : Optional.empty();
    }

    /** A word with its own values, such as {@code lora { rank 16 }}. */
    private Optional<Object> word(SourceTerm term, WordParameter slot, String label, String wordPath) {
        Optional<Word> textual = slot.textMeans().flatMap(scope.words()::value);
        if (textual.isPresent() && !(term instanceof SourceTerm.Call)) {
            var binder = new CallBinder(binding, scope, constants);
            WordParameter plain = textual.get().values().get(0);
            return bind(term, plain.type().kind() == ValueType.Kind.NUMBER ? plain.like(slot) : plain, label, wordPath)
                    .flatMap(text -> binder.invoke(textual.get(), text, term.at()));
        }
        List<Word> known = scope.words().values(slot.type().java());
        if (term instanceof SourceTerm.Call call) {
            Optional<Word> word =
                    known.stream().filter(w -> w.name().equals(call.word())).findFirst();
            if (word.isPresent()) {
                var binder = new CallBinder(binding, scope, constants);
                return binder.value(word.get(), call, wordPath + call.word() + ".");
            }
            return mismatch(
                    call.wordAt(),
                    slot,
                    label,
                    Quote.code(call.word()),
                    call.word().equals("secret") ? secretHint(call.word()) : nearestWord(call.word(), known, slot));
        }
        if (term instanceof SourceTerm.Name name && !evaluator.isConstant(name.name())) {
            Optional<Word> word =
                    known.stream().filter(w -> w.name().equals(name.name())).findFirst();
            return mismatch(
                    name.at(),
                    slot,
                    label,
                    "the bare word " + Quote.code(name.name()),
                    word.map(w -> "Write it like %s.".formatted(Quote.code(shortest(w))))
                            .orElse(nearestWord(name.name(), known, slot)));
        }
        Optional<Object> value = evaluator.value(term);
        if (value.isEmpty()) {
            return value;
        }
        Optional<Word> meant =
                known.stream().filter(w -> w.name().equals(value.get())).findAny();
        String hint = meant.or(() -> known.stream().findFirst())
                .map(w -> "Write it like %s.".formatted(Quote.code(shortest(w))))
                .orElse("");
        return mismatch(term.at(), slot, label, Kinds.describe(value.get()), hint);
    }

    /** The known word that was perhaps meant, or the only one that fits. */
    private static String nearestWord(String name, List<Word> known, WordParameter slot) {
        String hint = nearest(name, known.stream().map(Word::name).toList(), slot);
        return hint.isEmpty() && known.size() == 1
                ? "Write it like %s.".formatted(Quote.code(shortest(known.get(0))))
                : hint;
    }

    /** The known word that was perhaps meant, or that a jar is perhaps missing. */
    private static String nearest(String name, List<String> known, WordParameter slot) {
        String hint = Nearest.hint(name, known);
        return hint.isEmpty() && slot.type().extensible()
                ? "If a jar adds %s, put the jar into the folder that SEPTET_PLUGINS names, here and on every worker."
                        .formatted(Quote.code(name))
                : hint;
    }

    private static String shortest(Word word) {
        boolean bare = !word.needsBlock()
                && word.values().isEmpty()
                && word.options().stream().allMatch(WordParameter::optional);
        return bare ? word.name() + "()" : word.example();
    }

    private Optional<Object> mismatch(SourceLocation at, WordParameter slot, String label, String got, String hint) {
        problems.add(
                ProblemId.WRONG_TYPE,
                at,
                "%s takes %s, but got %s".formatted(Quote.code(label), Kinds.expected(slot, scope.words()), got),
                hint);
        return Optional.empty();
    }
}

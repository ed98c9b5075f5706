package dev.septet.dsl.bind;

import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.extension.Extensions;
import dev.septet.dsl.parse.SourceTerm;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.vocabulary.MetricName;
import dev.septet.dsl.vocabulary.Words;
import dev.septet.dsl.vocabulary.word.Word;
import dev.septet.dsl.vocabulary.word.WordParameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes the correct form of a line, from the author's own values, for hints. */
final class SuggestedForm {
    /** Messages cut longer code, so a short example is more useful. */
    private static final int MAX = 60;

    private static final Set<String> COMPARISONS = Set.of("<", "<=", ">", ">=");

    private final Problems problems;

    SuggestedForm(Problems problems) {
        this.problems = problems;
    }

    /** A value word with its values in parentheses, such as {@code directory('out')}. */
    String value(Word word, SourceTerm.Call call) {
        if (call.block().isPresent()) {
            String excerpt = problems.excerpt(call.at());
            return excerpt.endsWith("}") && fits(excerpt) ? excerpt : word.example();
        }
        Stream<String> values = call.values().stream().map(this::text);
        Stream<String> options = call.options().stream().map(option -> option.name() + ": " + text(option.value()));
        String arguments = Stream.concat(values, options).collect(Collectors.joining(", "));
        String form = word.name() + "(" + arguments + ")";
        boolean empty = call.values().isEmpty() && call.options().isEmpty();
        return (empty && needs(word)) || !fits(form) ? word.example() : form;
    }

    private static boolean needs(Word word) {
        return word.needsBlock()
                || !word.values().isEmpty()
                || !word.options().stream().allMatch(WordParameter::optional);
    }

    /**
     * A word whose options belong in its block, such as {@code lora { rank 16; alpha 32 }}. Empty when one of the
     * options is not a word of the block.
     */
    Optional<String> block(Word word, SourceTerm.Call call) {
        if (word.block().isEmpty()
                || !word.options().isEmpty()
                || call.options().isEmpty()) {
            return Optional.empty();
        }
        List<String> lines = new ArrayList<>();
        for (SourceTerm.Option option : call.options()) {
            Optional<String> inner = inner(word.block().get(), option.name());
            if (inner.isEmpty()) {
                return Optional.empty();
            }
            lines.add(inner.get() + " " + text(option.value()).replaceAll("^\\[|]$", ""));
        }
        call.block()
                .map(block -> problems.excerpt(block.at()).strip())
                .filter(text -> text.startsWith("{") && text.endsWith("}"))
                .map(text -> text.substring(1, text.length() - 1).strip())
                .filter(text -> !text.isEmpty())
                .ifPresent(lines::add);
        String form = "%s { %s }".formatted(word.name(), String.join("; ", lines));
        return Optional.of(fits(form) ? form : word.example());
    }

    private static Optional<String> inner(Words words, String name) {
        return words.statement(name).isPresent()
                ? Optional.of(name)
                : ForeignTerms.word(name).filter(meant -> words.statement(meant).isPresent());
    }

    /**
     * A word whose bound is an option instead of a comparison, such as {@code metric exactMatch, above: 0.9}. Empty
     * when the value is not a comparison, or the word has no bounds.
     */
    Optional<String> bound(Word word, SourceTerm.Call call, Words scope) {
        List<String> bounds = word.options().stream()
                .map(WordParameter::name)
                .filter(name -> name.equals("above") || name.equals("below"))
                .toList();
        if (bounds.isEmpty()
                || word.values().isEmpty()
                || call.values().isEmpty()
                || !(call.values().get(0) instanceof SourceTerm.Binary comparison)
                || !COMPARISONS.contains(comparison.operator())) {
            return Optional.empty();
        }
        Optional<Object> enumName = enumName(word.values().get(0), comparison.left(), scope);
        if (enumName.isEmpty()) {
            return Optional.empty();
        }
        String bound = comparison.operator().startsWith(">") ? "above" : "below";
        if (enumName.get() instanceof MetricName metric) {
            bound = metric.lowerIsBetter() ? "below" : "above";
        } else if (enumName.get() instanceof ExtensionWord metric && metric.kind() == ExtensionWord.Kind.METRIC) {
            bound = metric.lowerIsBetter() ? "below" : "above";
        } else if (!bounds.contains(bound)) {
            bound = bounds.get(0);
        }
        String form = "%s %s, %s: %s"
                .formatted(
                        word.name(),
                        text(comparison.left()).replaceAll("^['\"]|['\"]$", ""),
                        bound,
                        text(comparison.right()));
        return Optional.of(fits(form) ? form : word.example());
    }

    /** The constant of a list's bare word, or a jar's declaration of its own. */
    private static Optional<Object> enumName(WordParameter slot, SourceTerm term, Words scope) {
        Optional<String> name = term instanceof SourceTerm.Name bare
                ? Optional.of(bare.name())
                : term instanceof SourceTerm.Text text ? Optional.of(text.value()) : Optional.empty();
        return term instanceof SourceTerm.Call call
                ? extension(slot, call.word(), scope)
                        .or(() -> slot.type().open() ? slot.type().enumValue(call.word()) : Optional.empty())
                : name.flatMap(word -> slot.type().enumValue(word).or(() -> extension(slot, word, scope)));
    }

    private static Optional<Object> extension(WordParameter slot, String name, Words scope) {
        return scope.values(slot.type().java()).stream()
                .filter(word -> slot.type().open() && word.name().equals(name))
                .flatMap(word -> word.installed().stream())
                .<Object>map(Extensions.Installed::word)
                .findFirst();
    }

    private String text(SourceTerm term) {
        return problems.excerpt(term.at());
    }

    private static boolean fits(String form) {
        return form.codePointCount(0, form.length()) <= MAX;
    }
}

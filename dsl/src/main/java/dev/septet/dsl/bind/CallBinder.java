package dev.septet.dsl.bind;

import dev.septet.dsl.parse.SourceTerm;
import dev.septet.dsl.problem.Nearest;
import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Quote;
import dev.septet.dsl.problem.SourceLocation;
import dev.septet.dsl.vocabulary.Words;
import dev.septet.dsl.vocabulary.word.Refusal;
import dev.septet.dsl.vocabulary.word.ValueType.Kind;
import dev.septet.dsl.vocabulary.word.Word;
import dev.septet.dsl.vocabulary.word.WordParameter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Binds a word's values, options and block to the parameters of its method, and calls the method. */
final class CallBinder {
    private final Binding binding;
    private final NameScope scope;
    private final Constants constants;

    CallBinder(Binding binding, NameScope scope, Constants constants) {
        this.binding = binding;
        this.scope = scope;
        this.constants = constants;
    }

    /** Runs a statement; false when it failed. */
    boolean statement(Word word, SourceTerm.Call call, String wordPath) {
        return invoke(word, call, wordPath).succeeded();
    }

    /** Evaluates a value word. */
    Optional<Object> value(Word word, SourceTerm.Call call, String wordPath) {
        return Optional.ofNullable(invoke(word, call, wordPath).result());
    }

    /** Evaluates a value word of one value, for which the author wrote the value only. */
    Optional<Object> invoke(Word word, Object value, SourceLocation at) {
        @Nullable Object[] given = new @Nullable Object[word.arity()];
        given[word.values().get(0).index()] = value;
        try {
            return Optional.ofNullable(word.invoke(scope.target(), given, null));
        } catch (Refusal e) {
            String message = String.valueOf(e.getMessage());
            binding.problems().add(ProblemId.BAD_VALUE, at, message, e.hint());
            return Optional.empty();
        }
    }

    private record Answer(boolean succeeded, @Nullable Object result) {
        static final Answer FAILED = new Answer(false, null);
    }

    private Answer invoke(Word word, SourceTerm.Call call, String wordPath) {
        @Nullable Object[] given = new @Nullable Object[word.arity()];
        if (misplaced(word, call) || !blockFits(word, call)) {
            return Answer.FAILED;
        }
        boolean whole = values(word, call, given, wordPath);
        whole &= options(word, call, given, wordPath);
        if (!whole) {
            call.block().ifPresent(block -> bindBlockOnly(word, call, wordPath));
            return Answer.FAILED;
        }
        try {
            return new Answer(true, word.invoke(scope.target(), given, consumer(word, call, wordPath)));
        } catch (BlockFailed e) {
            return Answer.FAILED;
        } catch (Refusal e) {
            String message = String.valueOf(e.getMessage());
            binding.problems().add(ProblemId.BAD_VALUE, errorLocation(call, message), message, e.hint());
            return Answer.FAILED;
        }
    }

    /** Binds the values after the word. */
    private boolean values(Word word, SourceTerm.Call call, @Nullable Object[] given, String wordPath) {
        var binder = new ValueBinder(binding, scope, constants);
        List<SourceTerm> terms = call.values();
        boolean whole = true;
        int next = 0;
        for (WordParameter slot : word.values()) {
            if (slot.several()) {
                var items = new ArrayList<Object>();
                for (SourceTerm term : terms.subList(next, terms.size())) {
                    binder.bind(term, slot, word.name(), wordPath).ifPresent(items::add);
                }
                whole &= items.size() == terms.size() - next && needs(word, slot, call, next);
                given[slot.index()] = items;
                next = terms.size();
            } else if (next < terms.size()) {
                Optional<Object> value = binder.bind(terms.get(next++), slot, word.name(), wordPath);
                value.ifPresent(v -> given[slot.index()] = v);
                whole &= value.isPresent();
            } else {
                whole &= slot.optional() || needs(word, slot, call, next);
            }
        }
        if (next < terms.size()) {
            int expected = word.values().size();
            String counted = expected == 0 ? "no value" : expected == 1 ? "one value" : expected + " values";
            binding.problems()
                    .add(
                            ProblemId.BAD_VALUE,
                            terms.get(next).at(),
                            String.format(
                                    Locale.ROOT,
                                    "%s takes %s, but got %d",
                                    Quote.code(word.name()),
                                    counted,
                                    terms.size()),
                            "Write it like %s.".formatted(Quote.code(word.example())));
            return false;
        }
        return whole;
    }

    private boolean needs(Word word, WordParameter slot, SourceTerm.Call call, int given) {
        if (given < call.values().size()) {
            return true;
        }
        binding.problems()
                .add(
                        ProblemId.MISSING,
                        call.wordAt(),
                        "%s needs %s".formatted(Quote.code(word.name()), Kinds.needed(slot, scope.words())),
                        "Write it like %s.".formatted(Quote.code(word.example())));
        return false;
    }

    /** Binds the options after the word. */
    private boolean options(Word word, SourceTerm.Call call, @Nullable Object[] given, String wordPath) {
        var binder = new ValueBinder(binding, scope, constants);
        Set<String> named = new HashSet<>();
        boolean whole = true;
        if (word.freeNames().isPresent()) {
            return freeNames(word, word.freeNames().get(), call, given, wordPath);
        }
        for (SourceTerm.Option option : call.options()) {
            Optional<WordParameter> slot = word.options().stream()
                    .filter(s -> s.name().equals(option.name()))
                    .findAny();
            if (slot.isEmpty()) {
                whole = false;
                unknown(word, option).ifPresent(named::add);
            } else {
                named.add(option.name());
                binding.places().put(wordPath + option.name(), option.nameAt());
                String label = word.name() + " " + option.name() + ":";
                Optional<Object> value = binder.bind(option.value(), slot.get(), label, wordPath);
                value.ifPresent(v -> given[slot.get().index()] = v);
                whole &= value.isPresent();
            }
        }
        for (WordParameter slot : word.options()) {
            if (!slot.optional() && !named.contains(slot.name())) {
                whole = false;
                binding.problems()
                        .add(
                                ProblemId.MISSING,
                                call.wordAt(),
                                "%s needs %s".formatted(Quote.code(word.name()), Quote.code(slot.name() + ":")),
                                "Write it like %s.".formatted(Quote.code(word.example())));
            }
        }
        return whole;
    }

    /** Binds options whose names the author chooses, beside those that the word declares. */
    private boolean freeNames(
            Word word, WordParameter slot, SourceTerm.Call call, @Nullable Object[] given, String wordPath) {
        var binder = new ValueBinder(binding, scope, constants);
        var values = new TreeMap<String, Object>();
        boolean whole = true;
        for (SourceTerm.Option option : call.options()) {
            String label = word.name() + " " + option.name() + ":";
            Optional<WordParameter> declared = word.options().stream()
                    .filter(other -> !other.equals(slot) && other.name().equals(option.name()))
                    .findAny();
            Optional<Object> value = binder.bind(option.value(), declared.orElse(slot), label, wordPath);
            whole &= value.isPresent();
            if (declared.isPresent()) {
                binding.places().put(wordPath + option.name(), option.nameAt());
                value.ifPresent(bound -> given[declared.get().index()] = bound);
            } else {
                value.ifPresent(bound -> values.put(option.name(), bound));
            }
        }
        if (values.isEmpty() && slot.optional()) {
            return whole;
        }
        if (call.options().isEmpty()) {
            binding.problems()
                    .add(
                            ProblemId.MISSING,
                            call.wordAt(),
                            "%s needs a name and its %s"
                                    .formatted(
                                            Quote.code(word.name()),
                                            slot.type().java() == String.class ? "text" : "expression"),
                            "Write it like %s.".formatted(Quote.code(word.example())));
        }
        given[slot.index()] = values;
        return whole && !values.isEmpty();
    }

    private Optional<String> unknown(Word word, SourceTerm.Option option) {
        List<String> known = word.options().stream().map(WordParameter::name).toList();
        Optional<String> near = Nearest.to(option.name(), known);
        String list = String.join(", ", known.stream().map(name -> name + ":").toList());
        binding.problems()
                .add(
                        ProblemId.UNKNOWN_OPTION,
                        option.nameAt(),
                        "%s has no %s".formatted(Quote.code(word.name()), Quote.code(option.name() + ":")),
                        near.map(name -> "Did you mean `%s:`?".formatted(name))
                                .or(() -> inBraces(word, known))
                                .or(() -> ForeignTerms.hint(option.name(), scope.name()))
                                .orElse(known.isEmpty() ? "It has no options." : "It has " + list + "."));
        return near;
    }

    private static Optional<String> inBraces(Word word, List<String> known) {
        return word.block().isPresent() && known.isEmpty()
                ? Optional.of("Write its words in braces: %s.".formatted(Quote.code(word.example())))
                : Optional.empty();
    }

    private boolean blockFits(Word word, SourceTerm.Call call) {
        if (call.block().isPresent() && word.block().isEmpty()) {
            binding.problems()
                    .add(
                            ProblemId.SYNTAX,
                            call.block().get().at(),
                            Quote.code(word.name()) + " takes no block",
                            "Write it like %s.".formatted(Quote.code(word.example())));
            return false;
        }
        if (call.block().isEmpty() && word.needsBlock()) {
            binding.problems()
                    .add(
                            ProblemId.MISSING,
                            call.wordAt(),
                            Quote.code(word.name()) + " needs a block",
                            "Write it like %s.".formatted(Quote.code(word.example())));
            return false;
        }
        return true;
    }

    /** Reports words of the block that are written as options, and bounds that are written as comparisons. */
    private boolean misplaced(Word word, SourceTerm.Call call) {
        var right = new SuggestedForm(binding.problems());
        Optional<String> block = right.block(word, call);
        if (block.isPresent()) {
            binding.problems()
                    .add(
                            ProblemId.UNKNOWN_OPTION,
                            call.options().get(0).nameAt(),
                            "%s takes its words in braces, not as options in parentheses"
                                    .formatted(Quote.code(word.name())),
                            "Write %s.".formatted(Quote.code(block.get())));
            return true;
        }
        Optional<String> bound = right.bound(word, call, scope.words());
        bound.ifPresent(form -> binding.problems()
                .add(
                        ProblemId.WRONG_TYPE,
                        call.values().get(0).at(),
                        "%s takes its bound as an option, not as a comparison".formatted(Quote.code(word.name())),
                        "Write %s.".formatted(Quote.code(form))));
        return bound.isPresent();
    }

    private @Nullable Consumer<Object> consumer(Word word, SourceTerm.Call call, String wordPath) {
        if (call.block().isEmpty() || word.block().isEmpty()) {
            return null;
        }
        Words words = word.block().get();
        return target -> {
            var inner = new NameScope(word.name(), wordPath, words, target);
            var binder = new BlockBinder(binding, inner);
            if (!binder.bind(call.block().get(), constants.inner(), call.wordAt())) {
                throw new BlockFailed();
            }
        };
    }

    /** Binds the block of a word that cannot be called, to report the block's own problems. */
    private void bindBlockOnly(Word word, SourceTerm.Call call, String wordPath) {
        boolean texts = word.values().stream().allMatch(s -> s.type().kind() == Kind.TEXT);
        if (!texts || !word.options().isEmpty()) {
            return;
        }
        @Nullable Object[] given = new @Nullable Object[word.arity()];
        word.values().forEach(slot -> given[slot.index()] = "");
        try {
            word.invoke(scope.target(), given, failing(word, call, wordPath));
        } catch (BlockFailed e) {
            // already reported
        }
    }

    private @Nullable Consumer<Object> failing(Word word, SourceTerm.Call call, String wordPath) {
        Consumer<Object> reader = consumer(word, call, wordPath);
        return reader == null
                ? null
                : target -> {
                    reader.accept(target);
                    throw new BlockFailed();
                };
    }

    /** The location of the option that a message names, otherwise of the word. */
    private static SourceLocation errorLocation(SourceTerm.Call call, String message) {
        return call.options().stream()
                .filter(option -> message.matches("(.*[^A-Za-z])?" + option.name() + ":.*"))
                .map(SourceTerm.Option::nameAt)
                .findFirst()
                .orElse(call.wordAt());
    }
}

package dev.septet.dsl.bind;

import dev.septet.dsl.parse.Block;
import dev.septet.dsl.parse.SourceStatement;
import dev.septet.dsl.parse.SourceTerm;
import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.problem.Quote;
import dev.septet.dsl.problem.SourceLocation;
import dev.septet.dsl.vocabulary.word.Word;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Runs the statements of a block on the block's object. */
final class BlockBinder {
    private final Binding binding;
    private final NameScope scope;
    private final Map<String, SourceLocation> locations = new HashMap<>();

    /** Words that occur in the block, valid or not: they are not reported as missing. */
    private final Set<String> meant = new HashSet<>();

    private boolean whole = true;

    BlockBinder(Binding binding, NameScope scope) {
        this.binding = binding;
        this.scope = scope;
    }

    /**
     * Binds the block.
     *
     * @param at where to report missing words
     * @return whether all statements could be run
     */
    boolean bind(Block block, Constants constants, SourceLocation at) {
        sentences(block, constants);
        for (Word word : scope.words().statements()) {
            if (word.required() && !meant.contains(word.name()) && !meant.contains(word.requiredUnless())) {
                String subject = scope.name().isEmpty() ? "a pipeline file" : Quote.code(scope.name());
                binding.problems()
                        .add(
                                ProblemId.MISSING,
                                at,
                                subject + " needs " + Quote.code(word.name()),
                                "Such as %s.".formatted(Quote.code(word.example())));
                whole = false;
            }
        }
        return whole;
    }

    private void sentences(Block block, Constants constants) {
        for (SourceStatement sentence : block.sentences()) {
            if (sentence instanceof SourceStatement.WordCall wordCall) {
                bindCall(wordCall.call(), constants);
            } else if (sentence instanceof SourceStatement.Constant constant) {
                constant(constant, constants);
            } else if (sentence instanceof SourceStatement.Choice choice) {
                choice(choice, constants);
            } else if (sentence instanceof SourceStatement.From from) {
                var line = new Block(List.of(from.sentence()), block.at());
                sentences(line, binding.constants(from.file()));
            } else if (sentence instanceof SourceStatement.Refused refused) {
                refused.word().ifPresent(meant::add);
                whole = false;
            }
        }
    }

    private void choice(SourceStatement.Choice choice, Constants constants) {
        var evaluator = new Evaluator(binding.problems(), constants);
        Optional<Boolean> yes = evaluator.condition(choice.condition(), "`if`");
        if (yes.isEmpty()) {
            whole = false;
            mention(choice.then());
            choice.otherwise().ifPresent(this::mention);
        } else if (yes.get()) {
            sentences(choice.then(), constants.inner());
        } else {
            choice.otherwise().ifPresent(block -> sentences(block, constants.inner()));
        }
    }

    /** Counts the words of both branches as present, because without a condition the chosen branch is unknown. */
    private void mention(Block block) {
        for (SourceStatement sentence : block.sentences()) {
            if (sentence instanceof SourceStatement.WordCall wordCall) {
                meant.add(wordCall.call().word());
            }
        }
    }

    private void constant(SourceStatement.Constant constant, Constants constants) {
        var evaluator = new Evaluator(binding.problems(), constants);
        whole &= define(binding.problems(), constant, constants, () -> evaluator.value(constant.value()));
    }

    /** Defines the constant, unless the name has a value already; false when there is no value. */
    static boolean define(
            Problems problems,
            SourceStatement.Constant constant,
            Constants constants,
            Supplier<Optional<Object>> reader) {
        Optional<Constants.Constant> existing = constants.find(constant.name());
        if (existing.isPresent()) {
            problems.add(
                    ProblemId.DUPLICATE,
                    constant.at(),
                    String.format(
                            Locale.ROOT,
                            "%s is already defined in line %d",
                            Quote.code(constant.name()),
                            existing.get().at().line()),
                    "A constant keeps its value; use another name.");
            return false;
        }
        Optional<Object> value = reader.get();
        constants.define(constant.name(), new Constants.Constant(value, constant.at()));
        return value.isPresent();
    }

    private void bindCall(SourceTerm.Call call, Constants constants) {
        Optional<Word> word = scope.words().statement(call.word());
        if (word.isEmpty()) {
            whole = false;
            UnknownWords.report(binding.problems(), scope, call).ifPresent(meant::add);
            return;
        }
        meant.add(call.word());
        SourceLocation before = locations.putIfAbsent(call.word(), call.wordAt());
        if (before != null && !word.get().repeatable()) {
            whole = false;
            binding.problems()
                    .add(
                            ProblemId.DUPLICATE,
                            call.wordAt(),
                            String.format(
                                    Locale.ROOT,
                                    "%s is already set in line %d",
                                    Quote.code(call.word()),
                                    before.line()),
                            "Set it once.");
            return;
        }
        String wordPath = scope.name().isEmpty() ? "pipeline" : scope.wordPath() + call.word();
        binding.places().put(wordPath, call.wordAt());
        var binder = new CallBinder(binding, scope, constants);
        whole &= binder.statement(word.get(), call, scope.name().isEmpty() ? "" : wordPath + ".");
    }
}

package dev.septet.dsl.bind;

import dev.septet.dsl.parse.SourceTerm;
import dev.septet.dsl.problem.Nearest;
import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.problem.Quote;
import dev.septet.dsl.vocabulary.FileDsl;
import dev.septet.dsl.vocabulary.PipelineDsl;
import dev.septet.dsl.vocabulary.Words;
import dev.septet.dsl.vocabulary.word.Word;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reports words that a block does not have, with suggestions. */
final class UnknownWords {
    private UnknownWords() {}

    /** Reports the word, and returns the known word that was probably meant. */
    static Optional<String> report(Problems problems, NameScope scope, SourceTerm.Call call) {
        Optional<Word> value = scope.words().value(call.word());
        if (value.isPresent()) {
            return report(problems, scope, call, value.get());
        }
        List<String> known = scope.words().statements().stream().map(Word::name).toList();
        Optional<String> near = Nearest.to(call.word(), known);
        String block = blockOf(call.word());
        boolean param = call.word().equals("param");
        Optional<String> peer = ForeignTerms.hint(call.word(), scope.name()).filter(h -> !known.contains(call.word()));
        if (peer.isPresent()) {
            problems.add(
                    ProblemId.UNKNOWN_WORD,
                    call.wordAt(),
                    Quote.code(call.word()) + " is not known " + scope.shown(),
                    peer.get());
            return ForeignTerms.word(call.word(), scope.name());
        }
        String hint = near.map(word -> "Did you mean %s?".formatted(Quote.code(word)))
                .orElse(
                        param
                                ? "Give it a name: `def x = param('x', 1)`."
                                : !block.isEmpty()
                                        ? "It belongs in %s.".formatted(Quote.code(block))
                                        : "Known here: " + String.join(", ", known) + ".");
        problems.add(
                ProblemId.UNKNOWN_WORD,
                call.wordAt(),
                Quote.code(call.word()) + " is not known " + scope.shown(),
                hint);
        return near;
    }

    /** Reports a value word such as {@code lora { }} in place of a statement: the word that takes it is missing. */
    private static Optional<String> report(Problems problems, NameScope scope, SourceTerm.Call call, Word value) {
        Optional<String> acceptingWord = scope.words().statements().stream()
                .filter(word -> accepts(scope.words(), word, value))
                .map(Word::name)
                .findFirst();
        problems.add(
                ProblemId.UNKNOWN_WORD,
                call.wordAt(),
                Quote.code(call.word()) + " is a value, not a statement",
                acceptingWord
                        .map(word -> "Write %s."
                                .formatted(Quote.code(word + " " + new SuggestedForm(problems).value(value, call))))
                        .orElse(""));
        return acceptingWord;
    }

    private static boolean accepts(Words words, Word word, Word value) {
        return word.values().stream()
                .anyMatch(slot -> words.isValueOf(value, slot.type().java()));
    }

    /** The block that has the word, a stage before the blocks inside of stages; empty when none has it. */
    private static String blockOf(String word) {
        Words file = Words.of(FileDsl.class);
        Words pipeline = Words.of(PipelineDsl.class);
        return file.blocks().entrySet().stream()
                .filter(block -> block.getValue().statement(word).isPresent())
                .map(Map.Entry::getKey)
                .min(Comparator.comparing(block -> pipeline.statement(block).isEmpty()))
                .orElse("");
    }
}

package dev.septet.dsl.include;

import dev.septet.dsl.parse.Block;
import dev.septet.dsl.parse.Sentence;
import dev.septet.dsl.parse.Term;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Puts an included file's words below those that include it: what the including file says wins,
 * word by word within a stage, and all lines of a word together.
 */
final class Merge {
    private Merge() {}

    /** The words of {@code own}, and those of {@code included} that it leaves unsaid. */
    static List<Sentence> below(List<Sentence> own, List<Sentence> included, String file) {
        return merged(own, included, file, true);
    }

    private static List<Sentence> merged(
            List<Sentence> own, List<Sentence> included, String file, boolean stages) {
        Set<String> said = new HashSet<>();
        own.forEach(sentence -> said.addAll(words(sentence)));
        List<Sentence> kept = new ArrayList<>(own);
        List<Sentence> added = new ArrayList<>();
        for (Sentence sentence : included) {
            if (sentence instanceof Sentence.Constant) {
                continue; // they belong to their file, see Included
            }
            Set<String> words = words(sentence);
            if (Collections.disjoint(words, said)) {
                added.add(new Sentence.From(sentence, file));
            } else if (stages && words.size() == 1) {
                block(sentence).ifPresent(block -> mergeStage(kept, words, block, file));
            }
        }
        added.addAll(kept);
        return added;
    }

    private static void mergeStage(
            List<Sentence> own, Set<String> words, Block included, String file) {
        for (int i = 0; i < own.size(); i++) {
            Sentence sentence = own.get(i);
            Optional<Block> block = block(sentence);
            if (words(sentence).equals(words) && block.isPresent()) {
                List<Sentence> lines =
                        merged(block.get().sentences(), included.sentences(), file, false);
                own.set(i, replaceBlock(sentence, new Block(lines, block.get().at())));
            }
        }
    }

    private static Optional<Block> block(Sentence sentence) {
        if (sentence instanceof Sentence.From from) {
            return block(from.sentence());
        }
        return sentence instanceof Sentence.Say say ? say.call().block() : Optional.empty();
    }

    static Sentence replaceBlock(Sentence sentence, Block block) {
        if (sentence instanceof Sentence.From from) {
            return new Sentence.From(replaceBlock(from.sentence(), block), from.file());
        }
        Term.Call call = ((Sentence.Say) sentence).call();
        return new Sentence.Say(
                new Term.Call(
                        call.word(),
                        call.wordAt(),
                        call.values(),
                        call.options(),
                        Optional.of(block),
                        call.at()));
    }

    /** The words that a sentence says, or may say. */
    static Set<String> words(Sentence sentence) {
        Set<String> words = new HashSet<>();
        if (sentence instanceof Sentence.Say say) {
            words.add(say.call().word());
        } else if (sentence instanceof Sentence.From from) {
            words.addAll(words(from.sentence()));
        } else if (sentence instanceof Sentence.Refused refused) {
            refused.word().ifPresent(words::add);
        } else if (sentence instanceof Sentence.Choice choice) {
            choice.then().sentences().forEach(s -> words.addAll(words(s)));
            choice.otherwise()
                    .ifPresent(block -> block.sentences().forEach(s -> words.addAll(words(s))));
        }
        return words;
    }
}

package dev.septet.dsl.include;

import dev.septet.dsl.parse.Block;
import dev.septet.dsl.parse.SourceStatement;
import dev.septet.dsl.parse.SourceTerm;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Merges an included file's words into the including file. Within a stage, each word is taken with all its lines from
 * one file: from the including file if it sets the word.
 */
final class IncludeMerge {
    private IncludeMerge() {}

    /** The statements of {@code own}, and those of {@code included} whose words {@code own} does not set. */
    static List<SourceStatement> below(List<SourceStatement> own, List<SourceStatement> included, String file) {
        return merged(own, included, file, true);
    }

    private static List<SourceStatement> merged(
            List<SourceStatement> own, List<SourceStatement> included, String file, boolean stages) {
        Set<String> declared = new HashSet<>();
        own.forEach(sentence -> declared.addAll(words(sentence)));
        List<SourceStatement> kept = new ArrayList<>(own);
        List<SourceStatement> added = new ArrayList<>();
        for (SourceStatement sentence : included) {
            if (sentence instanceof SourceStatement.Constant) {
                continue; // constants belong to their own file, see Included
            }
            Set<String> words = words(sentence);
            if (Collections.disjoint(words, declared)) {
                added.add(new SourceStatement.From(sentence, file));
            } else if (stages && words.size() == 1) {
                block(sentence).ifPresent(block -> mergeStage(kept, words, block, file));
            }
        }
        added.addAll(kept);
        return added;
    }

    private static void mergeStage(List<SourceStatement> own, Set<String> words, Block included, String file) {
        for (int i = 0; i < own.size(); i++) {
            SourceStatement sentence = own.get(i);
            Optional<Block> block = block(sentence);
            if (words(sentence).equals(words) && block.isPresent()) {
                List<SourceStatement> lines = merged(block.get().sentences(), included.sentences(), file, false);
                own.set(i, replaceBlock(sentence, new Block(lines, block.get().at())));
            }
        }
    }

    private static Optional<Block> block(SourceStatement sentence) {
        if (sentence instanceof SourceStatement.From from) {
            return block(from.sentence());
        }
        return sentence instanceof SourceStatement.WordCall wordCall
                ? wordCall.call().block()
                : Optional.empty();
    }

    static SourceStatement replaceBlock(SourceStatement sentence, Block block) {
        if (sentence instanceof SourceStatement.From from) {
            return new SourceStatement.From(replaceBlock(from.sentence(), block), from.file());
        }
        SourceTerm.Call call = ((SourceStatement.WordCall) sentence).call();
        return new SourceStatement.WordCall(new SourceTerm.Call(
                call.word(), call.wordAt(), call.values(), call.options(), Optional.of(block), call.at()));
    }

    /** The words that a statement sets, or may set. */
    static Set<String> words(SourceStatement sentence) {
        Set<String> words = new HashSet<>();
        if (sentence instanceof SourceStatement.WordCall wordCall) {
            words.add(wordCall.call().word());
        } else if (sentence instanceof SourceStatement.From from) {
            words.addAll(words(from.sentence()));
        } else if (sentence instanceof SourceStatement.Refused refused) {
            refused.word().ifPresent(words::add);
        } else if (sentence instanceof SourceStatement.Choice choice) {
            choice.then().sentences().forEach(s -> words.addAll(words(s)));
            choice.otherwise().ifPresent(block -> block.sentences().forEach(s -> words.addAll(words(s))));
        }
        return words;
    }
}

package dev.septet.activities.prepare.augment;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/** Replaces words by their synonyms: about one in {@value #WORDS_PER_CHANGE} words of the list, at least one. */
final class Synonyms implements TextChange {
    private static final int WORDS_PER_CHANGE = 4;

    private final Map<String, List<String>> synonyms = new HashMap<>();

    /** Each word with its synonyms, in small letters. */
    Synonyms(Map<String, List<String>> synonyms) {
        this.synonyms.putAll(synonyms);
    }

    Synonyms(WordFile file) throws IOException {
        for (WordFile.Group group : file.groups()) {
            for (String word : group.words()) {
                List<String> others = synonyms.computeIfAbsent(key(word), any -> new ArrayList<>());
                group.words().stream()
                        .filter(other -> !key(other).equals(key(word)) && !others.contains(other))
                        .forEach(others::add);
            }
        }
    }

    @Override
    public String apply(String text, Random random, int copy) {
        int[] known = {0};
        String unchanged = TextWords.replaced(text, word -> {
            known[0] += others(word).isEmpty() ? 0 : 1;
            return word;
        });
        if (known[0] == 0) {
            return unchanged;
        }
        int first = random.nextInt(Math.min(WORDS_PER_CHANGE, known[0]));
        int[] at = {0};
        return TextWords.replaced(text, word -> {
            List<String> others = others(word);
            if (others.isEmpty() || (at[0]++ - first) % WORDS_PER_CHANGE != 0) {
                return word;
            }
            return TextWords.withCaseOf(word, others.get(random.nextInt(others.size())));
        });
    }

    private List<String> others(String word) {
        return synonyms.getOrDefault(key(word), List.of());
    }

    private static String key(String word) {
        return word.toLowerCase(Locale.ROOT);
    }
}

package dev.septet.activities.prepare.augment;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Writes the words of a text in another letter case: all small, all capital, or a capital at the beginning only. */
final class Casing implements TextChange {
    @Override
    public String apply(String text, Random random, int copy) {
        String small = Words.replaced(text, word -> word.toLowerCase(Locale.ROOT));
        List<String> others = new ArrayList<>();
        for (String other :
                List.of(small, Words.replaced(text, word -> word.toUpperCase(Locale.ROOT)), Words.capitalized(small))) {
            if (!other.equals(text) && !others.contains(other)) {
                others.add(other);
            }
        }
        Collections.shuffle(others, random);
        return copy < others.size() ? others.get(copy) : text;
    }

    @Override
    public boolean numbered() {
        return true;
    }
}

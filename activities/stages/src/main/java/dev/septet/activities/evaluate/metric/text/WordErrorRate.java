package dev.septet.activities.evaluate.metric.text;

import java.util.List;

/** Word error rate; words are separated by white space. */
public final class WordErrorRate extends ErrorRate {
    @Override
    public String name() {
        return "wordErrorRate";
    }

    @Override
    List<String> units(String text) {
        return PlainWords.of(text);
    }
}

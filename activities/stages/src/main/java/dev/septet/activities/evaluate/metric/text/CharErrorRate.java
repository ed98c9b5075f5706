package dev.septet.activities.evaluate.metric.text;

import dev.septet.llm.template.jinja.value.PythonText;
import java.util.List;

/** Character error rate, over code points, without white space at the ends of a text. */
public final class CharErrorRate extends ErrorRate {
    @Override
    public String name() {
        return "charErrorRate";
    }

    @Override
    List<String> units(String text) {
        return PythonText.strip(text).codePoints().mapToObj(Character::toString).toList();
    }
}

package dev.septet.activities.result;

import java.util.List;
import java.util.Map;

/** Stage keys as golden files show them. */
public final class StageKeyText {
    private StageKeyText() {}

    /**
     * The parts of a key, a line each, and its digest.
     *
     * @param names of values that differ from machine to machine
     */
    public static String of(StageKey key, Map<String, String> names) {
        StringBuilder text = new StringBuilder(key.stage()).append('\n');
        List<StageKey.Part> parts =
                key.parts().stream().map(part -> named(part, names)).toList();
        for (StageKey.Part part : parts) {
            text.append("    %s | %s | %s\n"
                    .formatted(part.group(), part.word() == null ? "-" : part.word(), part.value()));
        }
        return text.append("    %s\n".formatted(new StageKey(key.stage(), parts).digest()))
                .toString();
    }

    private static StageKey.Part named(StageKey.Part part, Map<String, String> names) {
        String value = part.value();
        for (Map.Entry<String, String> name : names.entrySet()) {
            value = value.replace(name.getKey(), name.getValue());
        }
        return new StageKey.Part(part.group(), part.word(), value);
    }
}

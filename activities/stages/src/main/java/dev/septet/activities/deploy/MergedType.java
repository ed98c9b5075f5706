package dev.septet.activities.deploy;

import dev.septet.llm.format.ElementType;
import dev.septet.settings.Setting;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The type of a merged model's weights, which the operator sets. */
public enum MergedType {
    /** Float32: the merge is not rounded. */
    FLOAT32,
    /** The base model's type: half the size for a base model of 16 bits. The chain bounds the rounding. */
    BASE;

    /** The type that the environment sets. */
    public static MergedType of(Map<String, String> environment) {
        return Setting.MERGED_TYPE.text(environment).equals("base") ? BASE : FLOAT32;
    }

    /** What the key of an export has; null for float32, as in the keys of earlier versions. */
    public @Nullable String measured() {
        return this == BASE ? "base" : null;
    }

    /** The type of all floating-point tensors; null for that of the base model. */
    @Nullable
    ElementType elements() {
        return this == BASE ? null : ElementType.F32;
    }
}

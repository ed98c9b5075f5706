package dev.septet.dsl.pipeline;

import com.fasterxml.jackson.databind.jsontype.NamedType;
import java.util.List;

/**
 * Spec records from outside jars: implement it, name it in {@code
 * META-INF/services/dev.septet.dsl.pipeline.SpecTypes}, and the records travel through JSON and YAML
 * like the built-in ones.
 */
public interface SpecTypes {
    /** The records and the name each has under {@code type:}. */
    List<NamedType> types();
}

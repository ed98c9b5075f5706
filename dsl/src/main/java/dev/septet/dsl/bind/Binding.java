package dev.septet.dsl.bind;

import dev.septet.dsl.problem.Problems;
import java.util.Map;

/** The state that all binders of one file share. */
record Binding(Problems problems, Places places, DeclaredPaths paths, Map<String, Constants> included) {
    /** The constants of an included file. */
    Constants constants(String file) {
        return included.getOrDefault(file, Constants.ofFile()).inner();
    }
}

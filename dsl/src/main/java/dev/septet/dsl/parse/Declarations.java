package dev.septet.dsl.parse;

import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import java.util.stream.Stream;
import org.codehaus.groovy.ast.ASTNode;
import org.codehaus.groovy.ast.ClassNode;
import org.codehaus.groovy.ast.ModuleNode;

/** Rejects what Groovy allows in a file in addition to statements: packages, imports, classes, methods. */
final class Declarations {
    private Declarations() {}

    static void refuseAll(ModuleNode module, Problems problems, Positions positions) {
        if (module.getPackage() != null) {
            refuse(module.getPackage(), "packages", problems, positions);
        }
        Stream.of(
                        module.getImports().stream(),
                        module.getStarImports().stream(),
                        module.getStaticImports().values().stream(),
                        module.getStaticStarImports().values().stream())
                .flatMap(imports -> imports)
                .forEach(node -> refuse(node, "imports", problems, positions));
        for (ClassNode type : module.getClasses()) {
            if (!type.isScript() && type.getLineNumber() > 0) {
                refuse(type, "classes", problems, positions);
            }
        }
        module.getMethods().forEach(node -> refuse(node, "methods", problems, positions));
    }

    private static void refuse(ASTNode node, String kind, Problems problems, Positions positions) {
        problems.add(
                ProblemId.NOT_ALLOWED,
                positions.of(node),
                kind + " are not allowed in a pipeline file",
                "Use the words of the language.");
    }
}

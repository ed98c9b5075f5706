package dev.septet.llm.template.jinja.tree;

import dev.septet.llm.template.jinja.tree.Statements.Block;
import dev.septet.llm.template.jinja.value.Frame;
import dev.septet.llm.template.jinja.value.LoopVariable;
import dev.septet.llm.template.jinja.value.Output;
import dev.septet.llm.template.jinja.value.PythonValues;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A for loop. Every iteration has its own scope, so what it sets does not persist.
 *
 * @param filter selects the items; null for all
 * @param otherwise body to render if no item is selected
 */
public record ForStatement(
        AssignmentTarget target,
        TemplateExpression over,
        @Nullable TemplateExpression filter,
        Block body,
        Block otherwise,
        boolean recursive)
        implements Statement {
    @Override
    public Flow render(Frame frame, Output out) {
        return over(frame.evaluate(over), frame, out, 0);
    }

    public Flow over(Object iterable, Frame frame, Output out, int depth) {
        List<Object> items = chosen(PythonValues.items(iterable, frame), frame);
        LoopVariable loop = new LoopVariable(this, items, frame, out, depth);
        for (int i = 0; i < items.size(); i++) {
            loop.moveTo(i);
            Frame round = frame.inner();
            round.scope().set("loop", loop);
            target.assign(round, items.get(i));
            if (body.render(round, out) == Flow.BREAK) {
                break;
            }
        }
        if (items.isEmpty()) {
            otherwise.render(frame.inner(), out);
        }
        return Flow.NEXT;
    }

    private List<Object> chosen(List<Object> items, Frame frame) {
        if (filter == null) {
            return items;
        }
        List<Object> chosen = new ArrayList<>();
        for (Object item : items) {
            Frame round = frame.inner();
            target.assign(round, item);
            if (round.test(filter)) {
                chosen.add(item);
            }
        }
        return chosen;
    }
}

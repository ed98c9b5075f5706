package dev.septet.llm.template.jinja.tree;

import dev.septet.llm.template.jinja.value.Frame;
import dev.septet.llm.template.jinja.value.Namespace;
import dev.septet.llm.template.jinja.value.PythonValues;
import dev.septet.llm.template.jinja.value.TemplateFault;
import java.util.List;

/** A target of an assignment. */
public interface AssignmentTarget {
    void assign(Frame frame, Object value);

    record NameTarget(String name) implements AssignmentTarget {
        @Override
        public void assign(Frame frame, Object value) {
            frame.scope().set(name, value);
        }
    }

    record AttributeTarget(String name, String attribute) implements AssignmentTarget {
        @Override
        public void assign(Frame frame, Object value) {
            if (frame.scope().find(name) instanceof Namespace namespace) {
                namespace.attributes().put(attribute, value);
                return;
            }
            throw new TemplateFault("cannot set " + name + "." + attribute + ": only a namespace can be changed");
        }
    }

    record Several(List<AssignmentTarget> targets) implements AssignmentTarget {
        @Override
        public void assign(Frame frame, Object value) {
            List<Object> values = PythonValues.items(value, frame);
            if (values.size() != targets.size()) {
                throw new TemplateFault("cannot unpack " + values.size() + " values into " + targets.size() + " names");
            }
            for (int i = 0; i < values.size(); i++) {
                targets.get(i).assign(frame, values.get(i));
            }
        }
    }
}

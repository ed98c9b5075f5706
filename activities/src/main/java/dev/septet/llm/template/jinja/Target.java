package dev.septet.llm.template.jinja;

import java.util.List;

/** What a value can be given to. */
interface Target {
    void assign(Frame frame, Object value);

    record NameTarget(String name) implements Target {
        @Override
        public void assign(Frame frame, Object value) {
            frame.scope().set(name, value);
        }
    }

    record AttributeTarget(String name, String attribute) implements Target {
        @Override
        public void assign(Frame frame, Object value) {
            if (frame.scope().find(name) instanceof Namespace namespace) {
                namespace.attributes().put(attribute, value);
                return;
            }
            throw new Fault("cannot set " + name + "." + attribute + ": only a namespace can be changed");
        }
    }

    record Several(List<Target> targets) implements Target {
        @Override
        public void assign(Frame frame, Object value) {
            List<Object> values = Values.items(value, frame);
            if (values.size() != targets.size()) {
                throw new Fault("cannot spread " + values.size() + " values over " + targets.size() + " names");
            }
            for (int i = 0; i < values.size(); i++) {
                targets.get(i).assign(frame, values.get(i));
            }
        }
    }
}

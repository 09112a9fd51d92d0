package org.thalweg.tensor;

import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;

/**
 * Frees every tensor made on this thread since it was opened, when closed. The garbage collector does not see native
 * memory, so work that makes tensors opens a scope; 2,000 training steps with one leave memory flat.
 *
 * <pre>{@code
 * try (Scope scope = Scope.open()) {
 *     Tensor loss = network.loss(parameters, batch);
 *     return scope.keep(loss); // belongs to the enclosing scope now, or to the caller when there is none
 * }
 * }</pre>
 */
public final class Scope implements AutoCloseable {
    private final PointerScope outer;
    private final PointerScope inner;

    private Scope() {
        this.outer = PointerScope.getInnerScope();
        this.inner = new PointerScope();
    }

    /**
     * Opens a scope on the calling thread; close it on the same thread, innermost first.
     *
     * @return the scope
     */
    public static Scope open() {
        return new Scope();
    }

    /**
     * Lets a tensor outlive this scope: it moves to the enclosing scope, or, when there is none, lives until closed
     * by {@link Tensor#close()}.
     *
     * @param tensor a tensor made in this scope
     * @return the same tensor
     */
    public Tensor keep(Tensor tensor) {
        if (outer == null) {
            tensor.handle().retainReference();
        } else {
            outer.attach(tensor.handle());
        }
        return tensor;
    }

    /**
     * Lets all tensors of a model outlive this scope.
     *
     * @param parameters tensors made in this scope
     * @return the same parameters
     */
    public Parameters keep(Parameters parameters) {
        parameters.asMap().values().forEach(this::keep);
        return parameters;
    }

    /**
     * Makes a tensor that belongs to no scope and lives until it is closed, whatever scopes are open.
     *
     * @param making makes it
     * @return the tensor; close it
     */
    static Tensor beyond(Supplier<Tensor> making) {
        try (Scope scope = open()) {
            Tensor made = making.get();
            made.handle().retainReference();
            return made;
        }
    }

    @Override
    public void close() {
        inner.close();
    }
}

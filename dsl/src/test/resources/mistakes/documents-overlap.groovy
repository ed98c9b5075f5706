pipeline('p') {
    prepare {
        dataset documents('manuals/', chunk: 64, overlap: 40)
    }
    initialize { model 'm/x' }
    train { method lora() }
}

pipeline('p') {
    prepare {
        dataset 'manuals/a.pdf'
    }
    initialize { model 'm/x' }
    train { method lora() }
}

pipeline('p') {
    prepare {
        dataset jdbc('warehouse', query: 'select prompt, completion from tickets')
    }
    initialize { model 'm/x' }
    train { method lora() }
}

pipeline('p') {
    prepare {
        dataset jdbc('warehouse', query: 'delete from tickets returning *')
    }
    initialize { model 'm/x' }
    train { method lora() }
}

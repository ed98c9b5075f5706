pipeline('p') {
    prepare {
        dataset s3('warehouse', path: 'tickets/rows.xlsx')
    }
    initialize { model 'm/x' }
    train { method lora() }
}

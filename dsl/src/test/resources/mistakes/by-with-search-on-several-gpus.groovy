pipeline('support') {
    prepare { dataset 'data.jsonl' }
    initialize { model 'base' }
    setup {
        resources gpus: 2
        search { learningRate 1e-4, 2e-4 }
    }
    train {
        method lora()
        by command('trl')
    }
    evaluate { metric loss }
}

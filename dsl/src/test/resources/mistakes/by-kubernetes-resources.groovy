pipeline('support') {
    prepare { dataset 'data.jsonl' }
    initialize { model 'base' }
    setup { resources gpus: 4, memory: 64.gb }
    train {
        method lora()
        by kubernetes(command('trl'))
    }
    evaluate { metric loss }
}

pipeline('support') {
    prepare { dataset 'data.jsonl' }
    initialize { model 'base' }
    train {
        method lora()
        by kubernetes(command('trl')) { partition 'gpu' }
    }
    evaluate { metric loss }
}

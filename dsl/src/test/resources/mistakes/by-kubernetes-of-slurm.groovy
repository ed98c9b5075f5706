pipeline('support') {
    prepare { dataset 'data.jsonl' }
    initialize { model 'base' }
    train {
        method lora()
        by kubernetes(slurm(command('trl')))
    }
    evaluate { metric loss }
}

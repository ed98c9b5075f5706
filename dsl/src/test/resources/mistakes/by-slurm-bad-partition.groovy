pipeline('support') {
    prepare { dataset 'data.jsonl' }
    initialize { model 'base' }
    train {
        method lora()
        by slurm(command('trl')) { partition '--wrap=id'; nodes 0 }
    }
    evaluate { metric loss }
}

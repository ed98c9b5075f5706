def r = { -> new File('CANARY').text = 'x' } as Runnable
pipeline('p') {
    prepare { dataset 'a.jsonl' }
    initialize { model 'm' }
    train { method lora() }

}
